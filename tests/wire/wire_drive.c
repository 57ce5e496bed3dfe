/* wire_drive.c - a session in memory on the fake engine, fed a client's bytes in all
 * ways.
 *
 *     wire_drive FILE      the bytes as a whole; what the server answers goes to stdout
 *     wire_drive --cut FILE
 *         byte by byte, and cut at every offset (next_cut): the rest after all was
 * served, which must give the same answer to the byte, and never, which must end the
 * session. wire_drive --starve FILE as often as memory is asked for, one of them
 * refused, or that one and all behind it (tests/lib/starve.h).
 *
 * Closes with "N passed, N failed" but for the first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/starve.h"
#include "../lib/wire.h"

/* The secret key is another one each time. */
static void mask_key(struct buf *answer)
{
    static const uint8_t start[] = {
        'K', 0, 0, 0, 12, 0, 0, WIRE_PID >> 8, WIRE_PID & 0xff};
    static const uint8_t start_long[] = {
        'K', 0, 0, 0, 40, 0, 0, WIRE_PID >> 8, WIRE_PID & 0xff};
    uint8_t *data = answer->memory + answer->start;
    if (buf_len(answer) == 0)
        return;
    uint8_t *found = memmem(data, buf_len(answer), start, sizeof start);
    if (found)
        memset(found + sizeof start, 0, 4);
    else if ((found = memmem(data, buf_len(answer), start_long, sizeof start_long)))
        memset(found + sizeof start_long, 0, 32);
}

/* Two pieces, cut at `cut`; with step 1 each byte is a piece. */
static struct buf answer_to(const struct buf *input, size_t cut, size_t step)
{
    struct wire wire;
    struct drive drive = {0};
    const uint8_t *data = buf_data(input);
    size_t len = buf_len(input);
    wire_open(&wire);
    drive.session = wire_connect(&wire);
    bool open = drive_feed(&drive, data, cut);
    for (size_t at = cut; open && at < len; at += step)
        open = drive_feed(&drive, data + at, at + step <= len ? step : len - at);
    if (open)
        drive_end_input(&drive);
    struct buf answer = drive.answer;
    drive.answer = (struct buf){0};
    drive_free(&drive);
    wire_close(&wire);
    mask_key(&answer);
    return answer;
}

/* The client goes away after `cut` bytes. */
static void hang_up_at(const struct buf *input, size_t cut)
{
    struct wire wire;
    wire_open(&wire);
    struct drive drive = {.session = wire_connect(&wire)};
    if (drive_feed(&drive, buf_data(input), cut))
        drive_end_input(&drive);
    drive_free(&drive);
    wire_close(&wire);
}

static bool same(const struct buf *a, struct buf b)
{
    bool equal =
        buf_len(a) == buf_len(&b) &&
        (buf_len(a) == 0 || memcmp(buf_data(a), buf_data(&b), buf_len(a)) == 0);
    buf_free(&b);
    return equal;
}

/* Every offset, but for the inside of what is large: there each EVERY one, for all of
 * them would take time by the square of it. */
static size_t next_cut(size_t cut, size_t len)
{
    enum { EDGE = 4096, EVERY = 251 };
    bool inside = cut >= EDGE && len - cut > EDGE + EVERY;
    return cut + (inside ? EVERY : 1);
}

static int cut_everywhere(const struct buf *input)
{
    size_t len = buf_len(input), passed = 0, failed = 0;
    struct buf whole = answer_to(input, len, 1);
    bool bytewise = same(&whole, answer_to(input, 0, 1));
    passed += bytewise;
    failed += !bytewise;
    for (size_t cut = 0; cut < len; cut = next_cut(cut, len)) {
        bool equal = same(&whole, answer_to(input, cut, len));
        passed += equal;
        failed += !equal;
        if (!equal)
            printf("cut at %zu: another answer\n", cut);
        hang_up_at(input, cut);
    }
    buf_free(&whole);
    printf("%zu passed, %zu failed\n", passed, failed);
    return failed > 0;
}

static void open_database(void *wire)
{
    wire_open(wire);
}

static void close_database(void *wire)
{
    wire_close(wire);
}

static struct session connect_session(void *wire)
{
    return wire_connect(wire);
}

static int starve_everywhere(const struct buf *input)
{
    struct wire wire;
    const struct starving starving = {
        .open = open_database,
        .close = close_database,
        .connect = connect_session,
        .judge = starve_judge_pg,
        .is_answer = starve_is_answer_pg,
        .ctx = &wire,
        .input = {(const char *)buf_data(input), buf_len(input)},
        .opening = starve_opening_pg,
        .probe = starve_probe_pg};
    struct starved all = starve(&starving);
    printf("%zu passed, %zu failed\n", all.tries - all.faults, all.faults);
    return all.faults > 0;
}

static void read_file(const char *path, struct buf *out)
{
    FILE *file = fopen(path, "rb");
    uint8_t chunk[4096];
    size_t got;
    if (!file)
        drive_die("cannot read the file");
    while ((got = fread(chunk, 1, sizeof chunk, file)) > 0) {
        if (!buf_append(out, chunk, got))
            drive_die("out of memory");
    }
    fclose(file);
}

static int print_answer(const struct buf *input)
{
    struct buf whole = answer_to(input, buf_len(input), 1);
    if (buf_len(&whole) > 0)
        (void)fwrite(buf_data(&whole), 1, buf_len(&whole), stdout);
    buf_free(&whole);
    return 0;
}

static const struct mode {
    const char *option;
    int (*run)(const struct buf *input);
} modes[] = {
    {NULL, print_answer}, {"--cut", cut_everywhere}, {"--starve", starve_everywhere}};

int main(int argc, char **argv)
{
    struct buf input = {0};
    size_t mode = argc == 2 ? 0 : 1;
    while (argc == 3 && mode < ARRAY_LEN(modes) &&
           strcmp(argv[1], modes[mode].option) != 0)
        mode++;
    if (argc < 2 || argc > 3 || mode == ARRAY_LEN(modes))
        drive_die("usage: wire_drive [--cut | --starve] FILE");
    read_file(argv[argc - 1], &input);
    int code = modes[mode].run(&input);
    buf_free(&input);
    return code;
}
