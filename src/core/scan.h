/* scan.h - find the few bytes that mean something, sixteen at a time.
 *
 * With SSE2 where there is it, else byte by byte: the only place that knows. */
#ifndef CORE_SCAN_H
#define CORE_SCAN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { SCAN_BYTES = 16, SCAN_SPECIALS = 5 };

/* The bytes that are looked for; what is not needed repeats another. */
struct scan_set {
    char special[SCAN_SPECIALS];
};

/* Bit i: byte i is one of the set. *odd: it is zero or beyond ASCII. */
static inline uint32_t scan_block(const struct scan_set *set, const char *data,
                                  uint32_t *odd)
{
#ifdef __SSE2__
    __m128i block = _mm_loadu_si128((const __m128i *)(const void *)data);
    __m128i found = _mm_cmpeq_epi8(block, _mm_set1_epi8(set->special[0]));
    for (int i = 1; i < SCAN_SPECIALS; i++)
        found =
            _mm_or_si128(found, _mm_cmpeq_epi8(block, _mm_set1_epi8(set->special[i])));
    __m128i zero = _mm_cmpeq_epi8(block, _mm_setzero_si128());
    *odd = (uint32_t)_mm_movemask_epi8(_mm_or_si128(block, zero));
    return (uint32_t)_mm_movemask_epi8(found);
#else
    uint32_t found = 0;
    *odd = 0;
    for (int i = 0; i < SCAN_BYTES; i++) {
        uint32_t is_special = 0;
        for (int j = 0; j < SCAN_SPECIALS; j++)
            is_special |= data[i] == set->special[j];
        found |= is_special << i;
        *odd |= (uint32_t)((signed char)data[i] <= 0) << i;
    }
    return found;
#endif
}

/* Where a scan stands in its data. */
struct scan {
    const struct scan_set *set;
    const char *data;
    size_t len;
    size_t base;   /* of the block that was looked at last; SIZE_MAX: none */
    uint32_t mask; /* of that block */
    uint32_t odd;  /* likewise */
};

static inline void scan_load(struct scan *scan, size_t base)
{
    size_t left = scan->len - base;
    scan->base = base;
    if (left >= SCAN_BYTES) {
        scan->mask = scan_block(scan->set, scan->data + base, &scan->odd);
        return;
    }
    char last[SCAN_BYTES] = {0};
    uint32_t inside = (1U << left) - 1;
    memcpy(last, scan->data + base, left);
    scan->mask = scan_block(scan->set, last, &scan->odd) & inside;
    scan->odd &= inside;
}

/* The first special byte at or behind `from`, len if there is none. *odd gets set if a
 * byte of the blocks on the way is odd. */
static inline size_t scan_next(struct scan *scan, size_t from, uint32_t *odd)
{
    if (from >= scan->len)
        return scan->len;
    size_t base = from - from % SCAN_BYTES;
    for (;;) {
        if (base != scan->base)
            scan_load(scan, base);
        *odd |= scan->odd;
        uint32_t mask = from > base ? scan->mask & ~0U << (from - base) : scan->mask;
        if (mask)
            return base + (size_t)__builtin_ctz(mask);
        base += SCAN_BYTES;
        if (base >= scan->len)
            return scan->len;
    }
}

#endif
