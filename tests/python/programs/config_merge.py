# config_merge - settings from INI and TOML, merged and checked.
#
# SPDX-License-Identifier: Apache-2.0
import configparser
import io
import tomllib

INI = """
[DEFAULT]
base = /srv
timeout = 30

[web]
root = %(base)s/www
debug = yes
ports = 80
    443
; a comment
[mail]
timeout = 5.5
from : no-reply@example.org
empty =
flag
"""
TOML = """
title = "example"
when = 2024-02-29T08:00:00Z
day = 2024-03-01
[web]
debug = false
limits = { soft = 1_000, hard = 0xFF }
ratio = 6.25e-1
[[user]]
name = "ann"
roles = ["admin", 'raw\\path']
[[user]]
name = '''bob
the second'''
[mail."quoted key".deep]
on = true
inf = -inf
"""

ini = configparser.ConfigParser(allow_no_value=True)
ini.read_string(INI)
print(ini.sections(), ini.getboolean("web", "debug"), ini["web"]["root"])
print(
    ini["web"].getint("timeout"),
    ini["mail"].getfloat("timeout"),
    ini["web"]["ports"].split(),
    repr(ini["mail"]["empty"]),
    ini["mail"]["flag"],
)
print(ini.get("web", "none", fallback="?"), ini.has_option("mail", "base"))
ini["new"] = {"a": "1", "B": "2"}
ini.remove_option("mail", "flag")
ini.set("web", "root", "%(base)s/other/%(timeout)s")
out = io.StringIO()
ini.write(out)
print(out.getvalue().replace("\n\n", "\n"), end="")
print(ini.get("web", "root", raw=True), ini.get("web", "root"))

toml = tomllib.loads(TOML)
print(toml)


def merged(low, high):
    result = dict(low)
    for key, value in high.items():
        if isinstance(value, dict) and isinstance(result.get(key), dict):
            value = merged(result[key], value)
        result[key] = value
    return result


low = {name: dict(ini[name]) for name in ("web", "mail")}
for section, values in merged(low, toml).items():
    print(section, "->", values)

for bad in ("[a]\nx = 1\nx = 2\n", "x = 1\n", "[a]\nx\n", "[a]\nv = %(w)s\n"):
    reader = configparser.ConfigParser()
    try:
        reader.read_string(bad)
        print(reader["a"]["v"])
    except configparser.Error as error:
        print(type(error).__name__)
for bad in ("a = ", "a = 1\na = 2", "[x", "d = 2023-02-30"):
    try:
        tomllib.loads(bad)
    except tomllib.TOMLDecodeError:
        print("not TOML:", repr(bad))
