# http_messages - requests parsed, routed and answered without a network.
#
# SPDX-License-Identifier: Apache-2.0
import io
import sys
from http import HTTPStatus
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlsplit

REQUESTS = [
    """GET /hello?name=Ann&name=Bob HTTP/1.1
Host: example.org
Cookie: id=7; theme="dark blue"

""",
    """POST /form HTTP/1.1
Content-Type: application/x-www-form-urlencoded
Content-Length: 15

a=1&b=two+words""",
    """POST /chunks HTTP/1.1
Transfer-Encoding: chunked

5
hello
7;x=y
, world
0

""",
    """GET /items/42 HTTP/1.1
Accept: text/html;q=0.5, application/json, */*;q=0.1

""",
    "DELETE /items/42 HTTP/1.0\n\n",
    "GET /fails HTTP/1.1\n\n",
    "GET /range HTTP/1.1\nRange: bytes=2-5\n\n",
    "nonsense\n\n",
    "GET / HTTP/1.1\nBroken header\n\n",
]


class Bad(Exception):
    pass


class Headers:
    def __init__(self, pairs=()):
        self.pairs = list(pairs)

    def __getitem__(self, name):
        found = [v for k, v in self.pairs if k.lower() == name.lower()]
        if not found:
            raise KeyError(name)
        return ", ".join(found)

    def get(self, name, default=None):
        try:
            return self[name]
        except KeyError:
            return default


class Request:
    def __init__(self, stream):
        line = stream.readline().decode("latin-1").rstrip("\r\n")
        try:
            self.method, self.target, self.version = line.split(" ")
        except ValueError:
            raise Bad(f"bad request line {line!r}") from None
        pairs = []
        while line := stream.readline().decode("latin-1").rstrip("\r\n"):
            name, colon, value = line.partition(":")
            if not colon:
                raise Bad(f"bad header {line!r}")
            pairs.append((name, value.strip()))
        self.headers = Headers(pairs)
        self.body = self.read_body(stream)
        parts = urlsplit(self.target)
        self.path, self.query = parts.path, parse_qs(parts.query)
        self.cookies = {
            k: m.value
            for k, m in SimpleCookie(self.headers.get("cookie", "")).items()
        }

    def read_body(self, stream):
        if self.headers.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(stream.readline().split(b";")[0], 16):
                body += stream.read(size)
                stream.readline()
            return body
        return stream.read(int(self.headers.get("Content-Length", 0)))


def preferred(accept, offered):
    ranked = []
    for n, part in enumerate(accept.split(",")):
        kind, *options = (p.strip() for p in part.split(";"))
        weight = next(
            (float(o[2:]) for o in options if o.startswith("q=")), 1.0
        )
        ranked.append((-weight, n, kind))
    for _, _, kind in sorted(ranked):
        for offer in offered:
            if kind in (offer, "*/*"):
                return offer
    return None


def application(environ, start_response):
    request = environ["request"]
    match request.method, request.path.strip("/").split("/"):
        case "GET", ["hello"]:
            cookie = SimpleCookie()
            cookie["seen"] = "yes, twice"
            cookie["seen"]["path"] = "/"
            cookie["seen"]["max-age"] = 60
            start_response(
                HTTPStatus.OK, [("Set-Cookie", cookie["seen"].OutputString())]
            )
            names = " and ".join(request.query["name"])
            yield f"Hello {names}, {sorted(request.cookies.items())}"
        case "POST", ["form"]:
            start_response(HTTPStatus.CREATED, [("Location", "/form/1")])
            yield repr(parse_qs(request.body.decode()))
        case "POST", ["chunks"]:
            start_response(HTTPStatus.ACCEPTED, [])
            for word in request.body.split(b", "):
                yield word.decode().upper()
        case "GET", ["items", number] if number.isdigit():
            kind = preferred(
                request.headers["ACCEPT"], ["text/html", "application/json"]
            )
            start_response(HTTPStatus.OK, [("Content-Type", kind)])
            yield f'{{"id": {int(number)}}}'
        case "GET", ["range"]:
            first, last = map(
                int, request.headers["range"].removeprefix("bytes=").split("-")
            )
            start_response(
                HTTPStatus.PARTIAL_CONTENT,
                [("Content-Range", f"bytes {first}-{last}/10")],
            )
            yield "0123456789"[first : last + 1]
        case "GET", ["fails"]:
            raise RuntimeError("inside the handler")
        case "GET", _:
            start_response(HTTPStatus.NOT_FOUND, [])
        case _:
            start_response(
                HTTPStatus.METHOD_NOT_ALLOWED, [("Allow", "GET, POST")]
            )


def serve(raw):
    made = {}

    def start_response(status, headers):
        made["status"], made["headers"] = status, headers

    try:
        request = Request(io.BytesIO(raw.encode()))
        body = "".join(application({"request": request}, start_response))
    except Bad as error:
        start_response(HTTPStatus.BAD_REQUEST, [])
        body = str(error)
    except Exception as error:
        start_response(HTTPStatus.INTERNAL_SERVER_ERROR, [])
        body = type(error).__name__
    out = io.StringIO(newline="")
    status = made["status"]
    out.write(f"HTTP/1.1 {status.value} {status.phrase}\r\n")
    for name, value in (
        *made["headers"],
        ("Content-Length", len(body.encode())),
    ):
        out.write(f"{name}: {value}\r\n")
    out.write("\r\n" + body)
    return out.getvalue()


for text in REQUESTS:
    raw = text.replace("\n", "\r\n")
    sys.stdout.write("\n".join(serve(raw).split("\r\n")) + "\n--\n")
print(
    HTTPStatus(404).name,
    HTTPStatus.OK == 200,
    HTTPStatus["IM_A_TEAPOT"].value,
    [s.value for s in HTTPStatus if 300 <= s < 305],
)
