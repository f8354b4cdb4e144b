/* The smallest VST2 there is, and what may be wrong with one: built by test_introspect.py with -D for each. */
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

struct plugin {
    int32_t magic;
    intptr_t (*dispatcher)(struct plugin *, int32_t, int32_t, intptr_t, void *, float);
    void *process, *set_parameter, *get_parameter;
    int32_t programs, parameters, inputs, outputs, flags;
    intptr_t reserved[2];
    int32_t latency, qualities[2];
    float ratio;
    void *object, *user;
    int32_t id, version;
    void *replacing[2];
    char future[56];
};

static intptr_t dispatcher(struct plugin *self, int32_t opcode, int32_t index, intptr_t value, void *place,
                           float option) {
    if (opcode == 45) strcpy(static_cast<char *>(place), NAME);
    if (opcode == 47) memset(memset(place, 0, 65), 'v', 64); /* longer than allowed, as some are */
    return 0;
}

static struct plugin plugin;

#ifdef MISSING_SYMBOL
void not_there_at_all(void);
#endif

extern "C" void *VSTPluginMain(void *host) {
#ifdef MISSING_SYMBOL
    not_there_at_all();
#endif
#ifdef NOTHING
    return nullptr;
#endif
#ifdef EXITS
    exit(0);
#endif
#ifdef ABORTS
    abort();
#endif
    printf("{\"name\": \"not this\"}\n");
    fflush(stdout);
    if (getchar() != EOF) abort(); /* what the host is told is not for plugins */
    plugin.magic = GARBAGE ? 0x12345678 : 0x56737450;
    plugin.dispatcher = dispatcher;
    plugin.inputs = INPUTS;
    plugin.outputs = 2;
    plugin.id = ID;
    plugin.version = 1203;
    return &plugin;
}
