# format_text - numbers and words formatted, padded, joined, logged.
#
# SPDX-License-Identifier: Apache-2.0
import io
import logging
from string import Formatter, Template

ROUNDS = 50_000


class Sink(logging.Handler):
    def __init__(self):
        super().__init__()
        self.size = 0

    def emit(self, record):
        self.size += len(self.format(record))


def make_logger():
    logger = logging.Logger("measured", logging.INFO)
    sink = Sink()
    sink.setFormatter(logging.Formatter("%(levelname)s:%(name)s:%(message)s"))
    logger.addHandler(sink)
    return logger, sink


def run():
    logger, sink = make_logger()
    out = io.StringIO()
    template = Template("$name has ${n} of $$total")
    formatter = Formatter()
    for n in range(ROUNDS):
        x = n * 1.37
        out.write(f"{n:>8}|{x:10.3f}|{n:#x}|{n!r:<6}|{x:e}\n")
        out.write("%-10s %5d %6.2f%% %s\n" % ("row", n, x % 100, (n, x)))
        out.write(
            "{:,} {0!s:^9} {k}".replace("{:,}", "{0:,}").format(n * 999, k=x)
        )
        out.write(
            ",".join([str(n), repr(x), hex(n), str(n % 3 == 0)]).center(60)
        )
        if n % 4 == 0:
            logger.info("step %d of %s took %.3f", n, ROUNDS, x)
            logger.debug("never %s", n)
            out.write(template.substitute(name="it", n=n))
        if n % 16 == 0:
            out.write(formatter.format("{0:>{1}} {key[0]}", n, 7, key="abc"))
            out.write("line %d".ljust(20, ".").upper().title().swapcase())
    text = out.getvalue()
    checksum = 0
    for at in range(0, len(text), 997):
        checksum = (checksum * 33 + ord(text[at])) % 1_000_003
    return len(text), checksum, sink.size, text.count("0"), len(text.split())
