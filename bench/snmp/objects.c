/* What the benchmark's switch has: the system group, and a row of ifTable and of ifXTable (RFC 2863) a port. */
#include "objects.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SYSTEM "1.3.6.1.2.1.1"
#define INTERFACES "1.3.6.1.2.1.2"
#define IF_MIB "1.3.6.1.2.1.31.1"
#define IF_ENTRY "1.3.6.1.2.1.2.2.1"
#define IFX_ENTRY "1.3.6.1.2.1.31.1.1.1"
#define ZERO_DOT_ZERO "\x00"
#define PRODUCT "\x2b\x06\x01\x04\x01\xbf\x08\x03\x02\x7f" /* 1.3.6.1.4.1.8072.3.2.127 in BER */

struct column {
    const char *entry;
    int column;
    uint8_t tag;
    uint64_t base, per_port, per_second; /* of a number: base + port * per_port, and it grows */
    const char *text;                    /* of the others: with the port's number for %d */
    int text_length;                     /* where the text may hold zero bytes */
};

static const struct column SCALARS[] = {
    {SYSTEM, 1, OCTETS, .text = "Bao Phu benchmark agent: an access switch"},
    {SYSTEM, 2, OID, .text = PRODUCT},
    {SYSTEM, 3, TIMETICKS, 20000000, .per_second = 100},
    {SYSTEM, 4, OCTETS, .text = "noc@example.invalid"},
    {SYSTEM, 5, OCTETS, .text = "sw-00000000"}, /* sysName: the device's address in place of the zeros */
    {SYSTEM, 6, OCTETS, .text = "rack 1"},
    {INTERFACES, 1, INTEGER}, /* ifNumber */
    {IF_MIB, 5, TIMETICKS, 4711}, /* ifTableLastChange */
};

static const struct column COLUMNS[] = {
    {IF_ENTRY, 1, INTEGER, 10100, 1},
    {IF_ENTRY, 2, OCTETS, .text = "GigabitEthernet1/0/%d"},
    {IF_ENTRY, 3, INTEGER, 6},
    {IF_ENTRY, 4, INTEGER, 1500},
    {IF_ENTRY, 5, GAUGE32, 1000000000},
    {IF_ENTRY, 6, OCTETS, .text = "\x02\x1b\x2c\x5e\x10%c"},
    {IF_ENTRY, 7, INTEGER, 1},
    {IF_ENTRY, 8, INTEGER, 1}, /* ifOperStatus: every fifth port is down */
    {IF_ENTRY, 9, TIMETICKS, 1000000, 977},
    {IF_ENTRY, 10, COUNTER32, 100000000, 1, 1000000},
    {IF_ENTRY, 11, COUNTER32, 70000000, 1, 1000},
    {IF_ENTRY, 12, COUNTER32, 20000, 1, 3},
    {IF_ENTRY, 13, COUNTER32, 0, 3},
    {IF_ENTRY, 14, COUNTER32, 0, 2},
    {IF_ENTRY, 15, COUNTER32, 0},
    {IF_ENTRY, 16, COUNTER32, 110000000, 1, 900000},
    {IF_ENTRY, 17, COUNTER32, 60000000, 1, 900},
    {IF_ENTRY, 18, COUNTER32, 30000, 1, 2},
    {IF_ENTRY, 19, COUNTER32, 0, 1},
    {IF_ENTRY, 20, COUNTER32, 0, 4},
    {IF_ENTRY, 21, GAUGE32, 0},
    {IF_ENTRY, 22, OID, .text = ZERO_DOT_ZERO, .text_length = 1},
    {IFX_ENTRY, 1, OCTETS, .text = "Gi1/0/%d"},
    {IFX_ENTRY, 2, COUNTER32, 10000, 1, 5},
    {IFX_ENTRY, 3, COUNTER32, 2000, 1, 2},
    {IFX_ENTRY, 4, COUNTER32, 10000, 1, 5},
    {IFX_ENTRY, 5, COUNTER32, 2000, 1, 2},
    {IFX_ENTRY, 6, COUNTER64, 1250000000000, 1, 12500000},
    {IFX_ENTRY, 7, COUNTER64, 7000000000, 1, 9000},
    {IFX_ENTRY, 8, COUNTER64, 10000, 1, 5},
    {IFX_ENTRY, 9, COUNTER64, 2000, 1, 2},
    {IFX_ENTRY, 10, COUNTER64, 2350000000000, 1, 11000000},
    {IFX_ENTRY, 11, COUNTER64, 6000000000, 1, 9000},
    {IFX_ENTRY, 12, COUNTER64, 10000, 1, 5},
    {IFX_ENTRY, 13, COUNTER64, 2000, 1, 2},
    {IFX_ENTRY, 14, INTEGER, 1},
    {IFX_ENTRY, 15, GAUGE32, 1000},
    {IFX_ENTRY, 16, INTEGER, 2},
    {IFX_ENTRY, 17, INTEGER, 1},
    {IFX_ENTRY, 18, OCTETS, .text = "uplink to room %d"},
    {IFX_ENTRY, 19, TIMETICKS, 0},
};

enum { SCALAR_COUNT = sizeof SCALARS / sizeof *SCALARS, COLUMN_COUNT = sizeof COLUMNS / sizeof *COLUMNS };

struct object *objects;
int object_count;

static void encode_name(struct object *object)
{
    uint8_t *out = object->name;
    *out++ = object->arcs[0] * 40 + object->arcs[1];
    for (int i = 2; i < object->arc_count; i++) {
        int shift = 28;
        while (shift > 0 && !(object->arcs[i] >> shift))
            shift -= 7;
        for (; shift > 0; shift -= 7)
            *out++ = 0x80 | (object->arcs[i] >> shift & 0x7f);
        *out++ = object->arcs[i] & 0x7f;
    }
    object->name_length = out - object->name;
}

static struct object *add(const struct column *column, int row, int port)
{
    struct object *object = &objects[object_count++];
    char *end = (char *)column->entry;
    while (*end)
        object->arcs[object->arc_count++] = strtoul(*end == '.' ? end + 1 : end, &end, 10);
    object->arcs[object->arc_count++] = column->column;
    object->arcs[object->arc_count++] = row;
    encode_name(object);
    object->tag = column->tag;
    object->base = column->base + port * column->per_port;
    object->per_second = column->per_second;
    if (column->text)
        object->text_length = snprintf((char *)object->text, sizeof object->text, column->text, port);
    if (column->text_length)
        object->text_length = column->text_length;
    return object;
}

static int compare(const uint32_t *a, int a_count, const uint32_t *b, int b_count)
{
    for (int i = 0; i < a_count && i < b_count; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return a_count - b_count;
}

static int compare_objects(const void *a, const void *b)
{
    const struct object *x = a, *y = b;
    return compare(x->arcs, x->arc_count, y->arcs, y->arc_count);
}

void build_objects(int ports)
{
    objects = calloc(SCALAR_COUNT + (size_t)COLUMN_COUNT * ports, sizeof *objects);
    for (const struct column *scalar = SCALARS; scalar < SCALARS + SCALAR_COUNT; scalar++) {
        struct object *object = add(scalar, 0, 0);
        object->is_device_name = scalar->entry == SCALARS[0].entry && scalar->column == 5;
        if (!strcmp(scalar->entry, INTERFACES))
            object->base = ports;
    }
    for (int port = 1; port <= ports; port++)
        for (const struct column *column = COLUMNS; column < COLUMNS + COLUMN_COUNT; column++) {
            struct object *object = add(column, 10100 + port, port);
            if (!strcmp(column->entry, IF_ENTRY) && column->column == 8 && port % 5 == 0)
                object->base = 2;
        }
    qsort(objects, object_count, sizeof *objects, compare_objects);
}

int find_object(const uint32_t *arcs, int arc_count, int after)
{
    int low = 0, high = object_count;
    while (low < high) {
        int middle = (low + high) / 2;
        int order = compare(objects[middle].arcs, objects[middle].arc_count, arcs, arc_count);
        if (order < 0 || (after && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int is_named(const struct object *object, const uint32_t *arcs, int arc_count)
{
    return compare(object->arcs, object->arc_count, arcs, arc_count) == 0;
}
