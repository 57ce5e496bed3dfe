/* siphash.c - four words of state, mixed by additions, rotations and xors. */
#include "core/siphash.h"

enum { ROUNDS = 2, LAST_ROUNDS = 4, WORD = 8 };

struct state {
    uint64_t a, b, c, d;
};

static uint64_t rotate(uint64_t value, unsigned bits)
{
    return value << bits | value >> (64 - bits);
}

static void mix(struct state *v, int rounds)
{
    for (int i = 0; i < rounds; i++) {
        v->a += v->b;
        v->b = rotate(v->b, 13) ^ v->a;
        v->a = rotate(v->a, 32);
        v->c += v->d;
        v->d = rotate(v->d, 16) ^ v->c;
        v->a += v->d;
        v->d = rotate(v->d, 21) ^ v->a;
        v->c += v->b;
        v->b = rotate(v->b, 17) ^ v->c;
        v->c = rotate(v->c, 32);
    }
}

/* Little endian, of at most eight bytes. */
static uint64_t load(const char *data, size_t len)
{
    uint64_t word = 0;
    for (size_t i = 0; i < len; i++)
        word |= (uint64_t)(unsigned char)data[i] << (8 * i);
    return word;
}

static void absorb(struct state *v, uint64_t word)
{
    v->d ^= word;
    mix(v, ROUNDS);
    v->a ^= word;
}

uint64_t siphash(const uint64_t key[2], struct slice data)
{
    struct state v = {
        key[0] ^ UINT64_C(0x736f6d6570736575), key[1] ^ UINT64_C(0x646f72616e646f6d),
        key[0] ^ UINT64_C(0x6c7967656e657261), key[1] ^ UINT64_C(0x7465646279746573)};
    size_t whole = data.len - data.len % WORD;
    for (size_t i = 0; i < whole; i += WORD)
        absorb(&v, load(data.data + i, WORD));
    absorb(&v, load(data.data + whole, data.len % WORD) | (uint64_t)data.len << 56);
    v.c ^= 0xff;
    mix(&v, LAST_ROUNDS);
    return v.a ^ v.b ^ v.c ^ v.d;
}
