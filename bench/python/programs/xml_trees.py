# xml_trees - a document built, written, parsed and searched with etree.
#
# SPDX-License-Identifier: Apache-2.0
import io
import xml.etree.ElementTree as ET

ENTRIES, ROUNDS = 300, 40


def build(seed):
    root = ET.Element("library", version=str(seed))
    for n in range(ENTRIES):
        book = ET.SubElement(
            root, "book", id=f"b{n}", lang="en" if n % 3 else "de"
        )
        ET.SubElement(book, "title").text = f"Title {n * seed} & more"
        for who in range(n % 3 + 1):
            author = ET.SubElement(book, "author", {"rank": str(who)})
            author.text = f"Author <{(n + who) % 17}>"
            author.tail = "\n"
        price = ET.SubElement(book, "price", currency="EUR")
        price.text = f"{n * 7 % 100}.{n % 10}0"
    return root


def total_price(root):
    return sum(float(price.text) for price in root.iter("price"))


def run():
    checks = []
    for seed in range(1, ROUNDS + 1):
        root = build(seed)
        text = ET.tostring(root, encoding="unicode")
        back = ET.fromstring(text)
        german = back.findall("./book[@lang='de']")
        second = back.findall(".//author[@rank='1']")
        titles = [b.findtext("title") for b in back.iterfind("book")]
        for book in german:
            book.set("seen", "yes")
            book.remove(book.find("price"))
        count = 0
        for event, element in ET.iterparse(
            io.StringIO(text), ("start", "end")
        ):
            if event == "end" and element.tag == "book":
                count += len(element)
                element.clear()
        ET.indent(back)
        checks.append(
            (
                len(text),
                len(second),
                len(titles[-1]),
                count,
                f"{total_price(back):.2f}",
                len(ET.tostring(back)),
            )
        )
    return checks[0], checks[-1]
