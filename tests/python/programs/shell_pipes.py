# shell_pipes - a little shell: quoting, pipes, variables and globbing.
#
# SPDX-License-Identifier: Apache-2.0
import fnmatch
import re
import shlex
import sys


class Shell:
    def __init__(self):
        self.files = {
            "notes.txt": "buy milk\ncall ann\nbuy bread\n",
            "list.txt": "3\n1\n2\n",
            "data.csv": "b,2\na,10\nc,1\n",
        }
        self.names = {"HOME": "/home/me", "?": "0"}
        self.commands = {
            name[3:]: getattr(self, name)
            for name in dir(self)
            if name.startswith("do_")
        }

    def expand(self, word):
        raw, word = word, re.sub(
            r"\$(?:(\w+|\?)|\{(\w+)(?::-([^}]*))?\})",
            lambda m: self.names.get(m[1] or m[2], m[3] or ""),
            word,
        )
        if "*" in word or "?" in word and raw == word:
            return sorted(fnmatch.filter(self.files, word)) or [word]
        return [word]

    def parse(self, line):
        lexer = shlex.shlex(line, posix=True, punctuation_chars="|>;<&")
        lexer.whitespace_split = True
        lexer.commenters = "#"
        return list(lexer)

    def run(self, line):
        part = []
        for token in [*self.parse(line), ";"]:
            if token in (";", "&&", "||"):
                if part:
                    self.pipeline(part)
                part = []
                if token == "&&" and self.names["?"] != "0":
                    return
                if token == "||" and self.names["?"] == "0":
                    return
            else:
                part.append(token)

    def pipeline(self, tokens):
        text, stage, target = "", [], None
        stages = []
        for token in tokens:
            if token == "|":
                stages.append(stage)
                stage = []
            else:
                stage.append(token)
        stages.append(stage)
        for words in stages:
            while len(words) > 2 and words[-2] in (">", ">>", "<"):
                how, name = words[-2:]
                words = words[:-2]
                if how == "<":
                    text = self.files.get(name, "")
                else:
                    target = how, name
            words = [w for word in words for w in self.expand(word)]
            if re.fullmatch(r"\w+=.*", words[0]):
                name, _, value = words[0].partition("=")
                self.names[name] = value
                continue
            try:
                text = self.commands[words[0]](text, *words[1:])
                self.names["?"] = "0"
            except KeyError as error:
                print(f"sh: {error.args[0]}: not found")
                self.names["?"], text = "127", ""
            except (ValueError, TypeError):
                print(f"sh: {words[0]}: bad arguments")
                self.names["?"], text = "2", ""
        if target:
            how, name = target
            self.files[name] = (
                self.files.get(name, "") if how == ">>" else ""
            ) + text
        else:
            print(text, end="")

    def do_echo(self, text, *words):
        return " ".join(words) + "\n"

    def do_cat(self, text, *names):
        return "".join(self.files[name] for name in names) if names else text

    def do_grep(self, text, *words):
        flags, (pattern, *names) = [w for w in words if w[0] == "-"], [
            w for w in words if w[0] != "-"
        ]
        text = self.do_cat(text, *names)
        lines = [
            x
            for x in text.splitlines(True)
            if bool(re.search(pattern, x)) != ("-v" in flags)
        ]
        return f"{len(lines)}\n" if "-c" in flags else "".join(lines)

    def do_sort(self, text, *flags):
        key = (
            (lambda x: int(re.search(r"\d+", x)[0])) if "-n" in flags else None
        )
        return "".join(
            sorted(text.splitlines(True), key=key, reverse="-r" in flags)
        )

    def do_wc(self, text):
        return f"{text.count(chr(10))} {len(text.split())} {len(text)}\n"

    def do_cut(self, text, separator, field):
        return "".join(
            line.split(separator)[int(field) - 1] + "\n"
            for line in text.splitlines()
        )

    def do_tr(self, text, old, new):
        return text.translate(str.maketrans(old, new))

    def do_uniq(self, text):
        lines = text.splitlines(True)
        return "".join(
            x for n, x in enumerate(lines) if n == 0 or lines[n - 1] != x
        )

    def do_sed(self, text, script):
        mark, old, new, flags = re.fullmatch(
            r"s(.)(.*)\1(.*)\1(g?)", script
        ).groups()
        return re.sub(old, new, text, count=not flags, flags=re.M)

    def do_ls(self, text):
        return "".join(f"{n}\n" for n in sorted(self.files))

    def do_rm(self, text, *names):
        for name in names:
            del self.files[name]
        return ""


shell = Shell()
for line in sys.stdin:
    line = line.rstrip("\n")
    print("$", line)
    try:
        shell.run(line)
    except ValueError as error:
        print("sh:", error)
print(sorted(shell.names.items()))
