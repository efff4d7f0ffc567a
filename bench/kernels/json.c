/* json.c - kernel: a JSON parser.
 *
 * Stresses a tokenizer's byte loads and branches, recursion, and the building
 * of a tree: a document of some 65 KB is parsed into linked nodes, then walked
 * with lookups by key.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kernel.h"

#define BYTES  131072
#define NODES  8000
#define PEOPLE 400

enum { NUMBER, STRING, ARRAY, OBJECT, WORD };

struct node {
    struct node *next;  /* of the same array or object */
    struct node *first; /* child */
    const u8 *key;      /* borrowed from the document, like text */
    const u8 *text;
    u32 key_len, text_len;
    double number;
    u32 kind;
};

static u8 document[BYTES];
static u32 document_len;
static struct node nodes[NODES];
static u32 node_count;
static const u8 *at;

/* --- writing the document ------------------------------------------------ */

static void put(const char *s)
{
    while (*s)
        document[document_len++] = (u8)*s++;
}

static void put_number(u32 n)
{
    if (n > 9)
        put_number(n / 10);
    document[document_len++] = (u8)('0' + n % 10);
}

static void make_document(void)
{
    u32 state = 41;

    put("{\"version\": 3, \"people\": [\n");
    for (u32 i = 0; i < PEOPLE; i++) {
        put(i ? ",\n  {\"id\": " : "  {\"id\": ");
        put_number(i * 7919);
        put(", \"name\": \"name-\\u00e9-");
        put_number(rnd(&state) & 0xffff);
        put("\", \"active\": ");
        put(rnd(&state) & 1 ? "true" : "false");
        put(", \"scores\": [");
        for (u32 k = 0; k < 6; k++) {
            put(k ? ", -" : "");
            put_number(rnd(&state) % 1000);
            put(".");
            put_number(rnd(&state) % 100);
        }
        put("], \"parent\": {\"kind\": null, \"tag\": \"x\"}}");
    }
    put("\n]}\n");
    document[document_len] = 0;
}

/* --- parsing it ---------------------------------------------------------- */

static void skip_space(void)
{
    while (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r')
        at++;
}

static u32 skip_string(const u8 **ret_text)
{
    *ret_text = ++at;
    while (*at != '"')
        at += *at == '\\' ? 2 : 1;
    return (u32)(at++ - *ret_text);
}

static double parse_number(void)
{
    double sign = 1;
    double value = 0;
    double scale = 1;

    if (*at == '-') {
        sign = -1;
        at++;
    }
    while (*at >= '0' && *at <= '9')
        value = value * 10 + (*at++ - '0');
    if (*at == '.')
        for (at++; *at >= '0' && *at <= '9'; at++) {
            scale /= 10;
            value += scale * (*at - '0');
        }
    return sign * value;
}

static struct node *parse_value(void);

static struct node *parse_members(u8 close, u32 keyed)
{
    struct node *first = 0;
    struct node **link = &first;

    for (at++, skip_space(); *at != close; skip_space()) {
        const u8 *key = 0;
        u32 key_len = keyed ? skip_string(&key) : 0;

        if (keyed)
            at++; /* the colon */
        *link = parse_value();
        (*link)->key = key;
        (*link)->key_len = key_len;
        link = &(*link)->next;
        skip_space();
        if (*at == ',')
            at++;
    }
    at++;
    return first;
}

static struct node *parse_value(void)
{
    struct node *node = &nodes[node_count++];

    node->next = 0;
    node->first = 0;
    skip_space();
    switch (*at) {
    case '{':
        node->kind = OBJECT;
        node->first = parse_members('}', 1);
        break;
    case '[':
        node->kind = ARRAY;
        node->first = parse_members(']', 0);
        break;
    case '"':
        node->kind = STRING;
        node->text_len = skip_string(&node->text);
        break;
    case 't':
    case 'f':
    case 'n':
        node->kind = WORD;
        node->text = at;
        while (*at >= 'a' && *at <= 'z')
            at++;
        node->text_len = (u32)(at - node->text);
        break;
    default:
        node->kind = NUMBER;
        node->number = parse_number();
    }
    return node;
}

/* --- reading the tree ---------------------------------------------------- */

static const struct node *get(const struct node *object, const char *key)
{
    for (const struct node *n = object->first; n; n = n->next) {
        u32 i = 0;

        while (i < n->key_len && n->key[i] == (u8)key[i])
            i++;
        if (i == n->key_len && !key[i])
            return n;
    }
    return object;
}

static u32 walk(const struct node *node, u32 sum)
{
    sum = mix(sum, node->kind);
    if (node->kind == NUMBER)
        return mix(sum, (u32)(int)(node->number * 100));
    if (node->kind == STRING || node->kind == WORD)
        return mix(sum, node->text_len + node->text[0]);
    for (const struct node *n = node->first; n; n = n->next)
        sum = walk(n, sum);
    return sum;
}

KERNEL(json)
{
    u32 sum = 0;

    if (!document_len)
        make_document();
    for (u32 round = 0; round < rounds; round++) {
        const struct node *people;

        at = document;
        node_count = 0;
        people = get(parse_value(), "people");
        for (const struct node *n = people->first; n; n = n->next)
            sum = mix(sum, get(get(n, "parent"), "tag")->text_len);
        sum = walk(people, sum);
    }
    return mix(sum, node_count);
}
