/* embed_sql.c - SQL files as a C table, with the names of what they create.
 *
 *     embed_sql SCHEMA FILE... > catalog_sql.h
 *
 * A definition begins a line: "create view|macro SCHEMA.name". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *kind, *list;
} kinds[] = {{"view", "relation_names"}, {"macro", "function_names"}};

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* As numbers: compilers need not take strings of this length. */
static int print_file(int number, const char *path)
{
    int c, column = 0;
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    printf("static const char sql_%d[] = {\n", number);
    while ((c = getc(file)) != EOF)
        printf("%d,%s", c < 128 ? c : c - 256, ++column % 24 ? "" : "\n");
    puts("0};");
    return fclose(file) == 0;
}

/* Print the name that a line defines, if it defines one of this kind. */
static void print_name(const char *line, const char *kind, const char *schema)
{
    char head[256];
    int len = snprintf(head, sizeof head, "create %s %s.", kind, schema);
    if (len > 0 && strncmp(line, head, (size_t)len) == 0)
        printf("    \"%.*s\",\n", (int)strcspn(line + len, " (\n"), line + len);
}

static int print_names(const char *path, const char *kind, const char *schema)
{
    char line[4096];
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    while (fgets(line, sizeof line, file))
        print_name(line, kind, schema);
    return fclose(file) == 0;
}

int main(int argc, char **argv)
{
    int done = argc > 2;
    for (int i = 2; i < argc; i++)
        done = print_file(i, argv[i]) && done;
    puts("static const struct catalog_file sql_files[] = {");
    for (int i = 2; i < argc; i++)
        printf("    {\"%s\", sql_%d},\n", base_name(argv[i]), i);
    puts("};");
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        printf("static const char *const %s[] = {\n", kinds[k].list);
        for (int i = 2; i < argc; i++)
            done = print_names(argv[i], kinds[k].kind, argv[1]) && done;
        puts("};");
    }
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
