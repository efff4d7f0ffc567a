/* base_utf8.c - is this text?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/base_utf8.h"

#include <string.h>

/* How long a character is that begins with `lead` (0: none does), and between
 * which values its second byte must lie.  That second byte is what rules out
 * overlong forms (e0, f0), surrogates (ed) and what is above U+10FFFF (f4):
 * Unicode, table 3-7. */
static size_t length_of(uint8_t lead, uint8_t *ret_low, uint8_t *ret_high)
{
    *ret_low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    *ret_high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (lead < 0x80)
        return 1;
    if (lead >= 0xc2 && lead <= 0xdf)
        return 2;
    if (lead >= 0xe0 && lead <= 0xef)
        return 3;
    return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

/* How many of the bytes from the first on are surely ASCII: most text is
 * nothing else, so eight are looked at together. */
static size_t ascii_bytes(const uint8_t *bytes, size_t len)
{
    size_t at = 0;
    uint64_t eight;

    for (; len - at >= sizeof(eight); at += sizeof(eight)) {
        memcpy(&eight, bytes + at, sizeof(eight));
        if ((eight & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    return at;
}

bool base_utf8_is_valid(const uint8_t *bytes, size_t len)
{
    size_t at = ascii_bytes(bytes, len);

    while (at < len) {
        uint8_t low, high;
        size_t count = length_of(bytes[at], &low, &high);

        if (count == 0 || count > len - at)
            return false;
        if (count > 1 && (bytes[at + 1] < low || bytes[at + 1] > high))
            return false;
        for (size_t i = 2; i < count; i++) {
            if ((bytes[at + i] & 0xc0) != 0x80)
                return false;
        }
        at += count;
    }
    return true;
}
