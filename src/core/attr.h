/* attr.h - compiler attributes and two small macros, wrapped in one place.
 *
 * Nothing else in the tree spells __attribute__. */
#ifndef CORE_ATTR_H
#define CORE_ATTR_H

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(string, first) __attribute__((format(printf, string, first)))
#define UNUSED __attribute__((unused))
#define VECTOR_OF_BYTES(count) __attribute__((vector_size(count)))
#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

#define ARRAY_LEN(array) (sizeof(array) / sizeof *(array))

#endif
