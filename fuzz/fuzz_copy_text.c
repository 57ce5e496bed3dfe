/* fuzz_copy_text.c - COPY's text format: the same rows whatever the split. */
#include "copy_split.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char delimiters[] = "\t,;|";
    static const char *const nulls[] = {"\\N", "", "x", "\\\\"};
    if (size < 2)
        return 0;
    struct copy_options options = {.format = COPY_FORMAT_TEXT,
                                   .delimiter = delimiters[data[0] & 3],
                                   .null = slice_of(nulls[data[0] >> 2 & 3])};
    copy_compare(&options, (struct slice){(const char *)data + 2, size - 2}, data[1]);
    return 0;
}
