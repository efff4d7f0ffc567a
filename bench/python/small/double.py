# SPDX-License-Identifier: Apache-2.0
def run(n):
    return 2 * n

run(300)
