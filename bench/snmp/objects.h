/* What the benchmark's switch has, in the order of the objects' names. */
#include <stdint.h>

enum { MOST_ARCS = 64, MOST_NAME = 40, MOST_TEXT = 64 };
enum { INTEGER = 0x02, OCTETS = 0x04, OID = 0x06, SEQUENCE = 0x30 };
enum { COUNTER32 = 0x41, GAUGE32 = 0x42, TIMETICKS = 0x43, COUNTER64 = 0x46 };

struct object {
    uint32_t arcs[MOST_ARCS];
    int arc_count;
    uint8_t name[MOST_NAME]; /* the arcs in BER */
    int name_length;
    uint8_t tag;
    uint8_t text[MOST_TEXT]; /* of OCTETS and OID */
    int text_length;
    int is_device_name;        /* sysName: another text for every device */
    uint64_t base, per_second; /* of a number */
};

extern struct object *objects;
extern int object_count;

/* Makes the objects of a switch with so many ports: 8 and 41 a port. */
void build_objects(int ports);

/* The first object whose name isn't before these arcs, or that is `after` them; object_count where there is none. */
int find_object(const uint32_t *arcs, int arc_count, int after);

/* Whether the object has exactly this name. */
int is_named(const struct object *object, const uint32_t *arcs, int arc_count);
