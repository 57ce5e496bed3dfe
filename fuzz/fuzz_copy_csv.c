/* fuzz_copy_csv.c - COPY's csv format: the same rows whatever the split. */
#include "copy_split.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char delimiters[] = ",;\t.", quotes[] = "\"'\\x", escapes[] = "\"\\'e";
    if (size < 2)
        return 0;
    struct copy_options options = {.format = COPY_FORMAT_CSV,
                                   .delimiter = delimiters[data[0] & 3],
                                   .quote = quotes[data[0] >> 2 & 3],
                                   .escape = escapes[data[0] >> 4 & 3],
                                   .null = slice_of(data[0] & 64 ? "n" : "")};
    copy_compare(&options, (struct slice){(const char *)data + 2, size - 2}, data[1]);
    return 0;
}
