# xml_catalog - a catalogue in XML: parsed, searched, changed, written.
#
# SPDX-License-Identifier: Apache-2.0
import io
import xml.etree.ElementTree as ET
from xml.dom import minidom
from xml.sax import ContentHandler, parseString
from xml.sax.saxutils import escape, quoteattr

CATALOG = """<?xml version="1.0"?>
<catalog xmlns:d="urn:dates">
  <plant id="p1" zone="4"><name>Columbine</name><price>9.37</price>
    <d:sown year="2023">March</d:sown></plant>
  <plant id="p2" zone="3"><name>Marsh &amp; Marigold</name><price>6.81</price>
  </plant>
  <group><plant id="p3" zone="4"><name><![CDATA[<Anemone>]]></name>
    <price>8.86</price></plant></group>
  <!-- nothing more -->
</catalog>"""

root = ET.fromstring(CATALOG)
print(root.tag, len(root), [p.get("id") for p in root.iter("plant")])
for plant in root.iterfind(".//plant[@zone='4']"):
    print(
        plant.attrib,
        plant.findtext("name"),
        plant.findtext("d:sown", "-", {"d": "urn:dates"}),
    )
print(sum(float(p.text) for p in root.findall(".//price")))
print(
    [e.tag for e in root.find("plant")],
    root.find("plant[2]/name").text,
    root.find(".//plant[name='Columbine']").get("id"),
)

group = root.find("group")
new = ET.SubElement(group, "plant", id="p4", zone="7")
ET.SubElement(new, "name").text = 'Ros\u00e9 "<>"'
ET.SubElement(new, "price").text = "1"
root.remove(root.find("plant"))
new.set("note", "a & b")
print(ET.tostring(group, "unicode"))
ET.indent(root, " ")
print(ET.tostring(root).decode())

out = io.BytesIO()
ET.ElementTree(new).write(out, encoding="utf-8", xml_declaration=True)
print(out.getvalue())
events = [
    (event, element.tag)
    for event, element in ET.iterparse(
        io.StringIO("<a><b/>text<c>x</c></a>"), events=("start", "end")
    )
]
print(events)
pull = ET.XMLPullParser(["end"])
for piece in ("<r><i n='1", "'/><i n='2'/", "></r>"):
    pull.feed(piece)
    print([e.attrib for _, e in pull.read_events()])

dom = minidom.parseString("<r><k v='1'/><k v='2'>t</k></r>")
print(
    [k.getAttribute("v") for k in dom.getElementsByTagName("k")],
    dom.documentElement.lastChild.firstChild.data,
)


class Depth(ContentHandler):
    depth = deepest = 0

    def startElement(self, name, attrs):
        self.depth += 1
        self.deepest = max(self.deepest, self.depth)

    def endElement(self, name):
        self.depth -= 1


handler = Depth()
parseString(b"<a><b><c/></b><b/></a>", handler)
print(handler.depth, handler.deepest, escape("a<b>&c"), quoteattr('it\'s "x"'))
for bad in ("<a><b></a>", "<a", "", "<a b=1/>", "<a>&nope;</a>"):
    try:
        ET.fromstring(bad)
    except ET.ParseError as error:
        print(error.code, error.position)
