# url_router - addresses taken apart, joined, quoted and routed.
#
# SPDX-License-Identifier: Apache-2.0
import ipaddress
import mimetypes
from urllib.parse import (
    parse_qs,
    parse_qsl,
    quote,
    quote_plus,
    unquote,
    urldefrag,
    urlencode,
    urljoin,
    urlsplit,
    urlunsplit,
)

for url in (
    "https://ann:pw@example.org:8443/a/b;p?q=1&q=2#frag",
    "mailto:bob@example.org",
    "//host/path",
    "/only/path?x",
    "http://[2001:db8::1]:80/",
    "file:///etc/hosts",
):
    parts = urlsplit(url)
    print(
        parts.scheme or "-",
        parts.hostname,
        parts.port,
        parts.path,
        parts.query,
        parts.fragment,
        parts.geturl() == url,
    )
base = "http://example.org/a/b/c?x=1"
print(
    [urljoin(base, r) for r in ("d", "../d", "/d", "?y", "#z", "//o/e", "./")]
)
print(parse_qs("a=1&b=2&a=3&empty=&c=%E2%82%AC+x", keep_blank_values=True))
print(
    parse_qsl("k=v&novalue&x=1%262"),
    urlencode({"q": "a b&c", "list": [1, 2]}, doseq=True),
)
print(
    quote("/a b/\u00e9?"),
    quote_plus("a b+c"),
    unquote("%7Eann%2"),
    quote("~x", ""),
)
print(urldefrag("http://h/p#f"), urlunsplit(("https", "h", "p", "q=1", "")))


class Router:
    def __init__(self):
        self.routes = []

    def route(self, pattern):
        def add(function):
            self.routes.append((pattern.strip("/").split("/"), function))
            return function

        return add

    def __call__(self, url):
        parts = urlsplit(url)
        words = unquote(parts.path).strip("/").split("/")
        for pattern, function in self.routes:
            if len(pattern) != len(words):
                continue
            named = {}
            for want, word in zip(pattern, words):
                if want.startswith("<"):
                    named[want[1:-1]] = word
                elif want != word:
                    break
            else:
                return function(**named, **dict(parse_qsl(parts.query)))
        return "404"


router = Router()


@router.route("/user/<name>")
def user(name, page="1"):
    return f"{name}, page {page}"


@router.route("/user/<name>/files/<path>")
def files(name, path):
    return f"{path} of {name} is {mimetypes.MimeTypes().guess_type(path)}"


for url in (
    "/user/ann?page=3",
    "/user/b%20b",
    "/user/ann/files/x.tar.gz",
    "/user/ann/files/p.html",
    "/nothing/at/all",
    "/user/ann/",
):
    print(url, "->", router(url))

net = ipaddress.ip_network("192.168.4.0/22")
print(
    net.num_addresses,
    net.netmask,
    net.broadcast_address,
    [str(s) for s in net.subnets(new_prefix=24)],
)
print(
    ipaddress.ip_address("192.168.7.255") in net,
    net.supernet(),
    ipaddress.ip_address("::ffff:1.2.3.4").ipv4_mapped,
    ipaddress.ip_address("2001:db8::1").exploded,
)
print(
    list(
        ipaddress.collapse_addresses(
            map(
                ipaddress.ip_network,
                ("10.0.0.0/25", "10.0.0.128/25", "10.0.1.0/24"),
            )
        )
    ),
    list(
        ipaddress.summarize_address_range(
            ipaddress.ip_address("10.0.0.1"), ipaddress.ip_address("10.0.0.6")
        )
    ),
)
for bad in ("1.2.3", "1.2.3.400", "::1::", "10.0.0.1/8"):
    try:
        ipaddress.ip_network(bad)
    except ValueError as error:
        print(type(error).__name__)
