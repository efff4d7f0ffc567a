# statistics_survey - a survey summed up: means, spread, quantiles, a line.
#
# SPDX-License-Identifier: Apache-2.0
import statistics as st
from fractions import Fraction

HEIGHTS = [171, 183, 165, 174, 190, 168, 174, 179, 162, 201, 174, 158, 181]
WEIGHTS = [68, 85, 59, 74, 95, 61, 70, 80, 55, 104, 77, 50, 79]


def histogram(values, width):
    low = min(values) // width * width
    for edge in range(low, max(values) + 1, width):
        inside = sum(edge <= value < edge + width for value in values)
        print(f"{edge:>4} {'#' * inside}")


print(
    f"mean {st.mean(HEIGHTS):.4f} median {st.median(HEIGHTS)} "
    f"mode {st.mode(HEIGHTS)}"
)
print(
    "low, high, grouped:",
    st.median_low([1, 2, 3, 4]),
    st.median_high([1, 2, 3, 4]),
    round(st.median_grouped(HEIGHTS, 5), 4),
)
print(f"variance {st.variance(HEIGHTS):.6f} {st.pvariance(HEIGHTS):.6f}")
print(f"deviation {st.stdev(HEIGHTS):.6f} {st.pstdev(HEIGHTS):.6f}")
print(
    "quartiles",
    st.quantiles(HEIGHTS),
    "deciles",
    [round(q, 3) for q in st.quantiles(HEIGHTS, n=10, method="inclusive")],
)
print(
    f"geometric {st.geometric_mean(HEIGHTS):.6f} "
    f"harmonic {st.harmonic_mean(HEIGHTS):.6f}"
)
print("modes", st.multimode("mississippi"), st.multimode([1, 2, 3]))
histogram(HEIGHTS, 10)
slope, intercept = st.linear_regression(HEIGHTS, WEIGHTS)
print(
    f"weight = {slope:.4f} * height {intercept:+.4f}, "
    f"r = {st.correlation(HEIGHTS, WEIGHTS):.5f}, "
    f"cov = {st.covariance(HEIGHTS, WEIGHTS):.4f}"
)
print(
    "exact:", st.mean([Fraction(1, 3), Fraction(1, 6), 2]), st.fmean([1, 2, 4])
)
normal = st.NormalDist.from_samples(HEIGHTS)
print(
    f"{normal.mean:.3f} {normal.stdev:.4f} {normal.cdf(180):.6f} "
    f"{normal.inv_cdf(0.975):.4f}"
)
print([round(q, 3) for q in normal.quantiles(5)])
both = normal + st.NormalDist(0, 5)
print(f"{both.stdev:.5f} {normal.overlap(both):.5f} {normal.zscore(190):.4f}")
for wrong in ([], [1]):
    try:
        st.stdev(wrong)
    except st.StatisticsError:
        print("too few:", len(wrong))
