# chores_command - a command line with subcommands.
# args: --file list.txt add "water the plants" --due 3 -t home -t green
#
# SPDX-License-Identifier: Apache-2.0
import argparse
import io
import sys
from contextlib import redirect_stderr


def percent(text):
    value = int(text)
    if not 0 <= value <= 100:
        raise argparse.ArgumentTypeError(f"{value} is no percentage")
    return value


def build():
    parser = argparse.ArgumentParser(
        prog="chores", add_help=False, description="Keeps a list of chores."
    )
    parser.add_argument("--file", default="chores.txt", metavar="PATH")
    parser.add_argument("--verbose", action="count", default=0)
    parser.add_argument(
        "--colour", action=argparse.BooleanOptionalAction, default=True
    )
    commands = parser.add_subparsers(dest="command", required=True)
    add = commands.add_parser("add", add_help=False)
    add.add_argument("text", nargs="+")
    add.add_argument("--due", type=int, choices=range(1, 32), metavar="DAY")
    add.add_argument("-t", action="append", default=[], dest="tags")
    done = commands.add_parser("done", add_help=False, aliases=["tick"])
    done.add_argument("number", type=int)
    how = done.add_mutually_exclusive_group()
    how.add_argument("--part", type=percent)
    how.add_argument("--undo", action="store_const", const=0, dest="part")
    return parser


def attempt(parser, line):
    words = io.StringIO()
    try:
        with redirect_stderr(words):
            found = parser.parse_args(line.split())
    except SystemExit as end:
        message = words.getvalue().splitlines()[-1]
        print(
            f"{line!r} ends with {end.code}: {message.split('error: ')[0]}error"
        )
    else:
        print(f"{line!r}:", sorted(vars(found).items()))


print(sys.argv[1:], len(sys.argv))
parser = build()
print(sorted(vars(parser.parse_args()).items()))
for line in (
    "add sweep --no-colour",
    "--no-colour --verbose --verbose add sweep mop -t=in",
    "done 4 --part 50",
    "tick 4 --undo",
    "done four",
    "done 4 --part 101",
    "done 4 --part 5 --undo",
    "add",
    "add x --due 40",
    "remove 3",
    "--verb done 2",
    "",
):
    attempt(parser, line)
simple = argparse.ArgumentParser(
    prog="simple", add_help=False, prefix_chars="-+", fromfile_prefix_chars="@"
)
simple.add_argument("++up", type=float, default="2.5", help="how far up")
simple.add_argument("rest", nargs="*", help="all else")
print(simple.parse_known_args(["+u", "1", "a", "--what", "b"]))
print(simple.format_usage(), simple.format_help().splitlines()[-1], sep="")
