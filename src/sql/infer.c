/* infer.c - what a statement's own words say of the types of its parameters.
 *
 * Each place of a parameter goes through a list of rules; the first that knows
 * something decides. Brackets around the parameter alone are looked through. */
#include "sql/infer.h"

#include "core/attr.h"
#include "sql/infer_rules.h"
#include "sql/params.h"

/* A parameter's place: the tokens [from, to), brackets around it included. */
struct place {
    const struct infer_text *text;
    size_t from, to;
    bool is_item; /* all by itself an item of a list */
    size_t open;  /* what opens the list: a bracket, or SELECT */
    size_t item;  /* which one it is, from 0 */
};

typedef bool infer_rule(const struct place *place, struct infer_hint *hint);

static bool says(struct infer_hint *hint, const char *type)
{
    hint->kind = type ? INFER_TYPE : INFER_NOTHING;
    hint->type = type;
    return type != NULL;
}

static size_t text_end(const struct place *place)
{
    return place->text->count;
}

/* The neighbour [from, to) is a literal, whose type is known, or else an operand. */
static bool neighbour(const struct place *place, size_t from, size_t to,
                      struct infer_hint *hint)
{
    const char *type = infer_literal(place->text, from, to);
    if (from >= to || to > text_end(place))
        return false;
    if (type)
        type = sql_infer_operator(hint->operator, hint->is_right, type);
    if (type)
        return says(hint, type);
    hint->kind = INFER_SAME;
    hint->operand = infer_slice(place->text, from, to);
    return true;
}

/* ---- casts of the parameter itself ---- */

static bool rule_cast(const struct place *place, struct infer_hint *hint)
{
    const struct infer_text *text = place->text;
    size_t type = place->to + 2;
    bool colons = infer_is_symbol(text, place->to, ':') &&
                  infer_is_symbol(text, place->to + 1, ':');
    if (!colons) {
        bool called = place->from >= 2 && infer_is_symbol(text, place->from - 1, '(') &&
                      infer_is(text, place->from - 2, "cast");
        if (!called || !infer_is(text, place->to, "as"))
            return false;
        type = place->to + 1;
    }
    hint->is_spelled = true;
    return says(hint, infer_type_name(text, type));
}

/* ---- operators ---- */

static void set_operator(struct infer_hint *hint, struct slice name, bool is_right)
{
    hint->is_right = is_right;
    memset(hint->operator, 0, sizeof hint->operator);
    if (name.len < sizeof hint->operator)
        memcpy(hint->operator, name.data, name.len);
}

/* Between two operators the parameter belongs to the stronger one, or the left. */
static bool rule_operator(const struct place *place, struct infer_hint *hint)
{
    const struct infer_text *text = place->text;
    size_t left_op = infer_operator_start(text, place->from);
    size_t right_op = infer_operator_end(text, place->to);
    struct slice before = infer_operator_name(text, left_op, place->from);
    struct slice after = infer_operator_name(text, place->to, right_op);
    int left_binds = infer_precedence(before), right_binds = infer_precedence(after);
    size_t left = infer_left_operand(text, left_op, left_binds);
    size_t right = infer_right_operand(text, right_op, right_binds);
    bool has_left = left_binds > 0 && left < left_op;
    bool has_right = right_binds > 0 && right > right_op;
    if (has_left && has_right && right_binds > left_binds)
        has_left = false;
    if (has_left) {
        set_operator(hint, before, true);
        hint->span = infer_slice(text, left, place->to);
        return neighbour(place, left, left_op, hint);
    }
    if (!has_right)
        return false;
    set_operator(hint, after, false);
    hint->span = infer_slice(text, place->from, right);
    return neighbour(place, right_op, right, hint);
}

/* operand = ANY ($1) */
static bool rule_any(const struct place *place, struct infer_hint *hint)
{
    const struct infer_text *text = place->text;
    size_t word = place->from - 2;
    if (place->from < 3 || !infer_is_symbol(text, place->from - 1, '(') ||
        (!infer_is(text, word, "any") && !infer_is(text, word, "all") &&
         !infer_is(text, word, "some")))
        return false;
    size_t op = infer_operator_start(text, word);
    size_t left = infer_left_operand(
        text, op, infer_precedence(infer_operator_name(text, op, word)));
    if (op == word || left == op)
        return false;
    hint->kind = INFER_ELEMENT;
    hint->operand = infer_slice(text, left, op);
    hint->span = infer_slice(text, left, place->to + 1);
    return true;
}

/* IS NULL says nothing; IS DISTINCT FROM is an operator. */
static bool rule_distinct(const struct place *place, struct infer_hint *hint)
{
    const struct infer_text *text = place->text;
    size_t behind = place->to + 1 + infer_is(text, place->to + 1, "not");
    size_t end = infer_operand_end(text, behind + 2);
    if (!infer_is(text, place->to, "is") || !infer_is(text, behind, "distinct") ||
        end == behind + 2)
        return false;
    hint->span = infer_slice(text, place->from, end);
    return neighbour(place, behind + 2, end, hint);
}

/* ---- lists ---- */

/* The item of a list that begins at `from`: to the comma or what closes the list. */
static size_t item_end(const struct infer_text *text, size_t from)
{
    static const char *const words[] = {
        "from",  "where",  "union",     "except", "intersect", "order", "limit",
        "group", "having", "returning", "on",     "fetch",     "offset"};
    size_t steps = 0;
    for (size_t i = from; i < text->count && steps < INFER_REACH; i++, steps++) {
        if (infer_is_symbol(text, i, '(') || infer_is_symbol(text, i, '['))
            i = infer_closing(text, i);
        else if (infer_is_symbol(text, i, ',') || infer_is_symbol(text, i, ')') ||
                 infer_is_symbol(text, i, ']'))
            return i;
        for (size_t w = 0; w < ARRAY_LEN(words); w++) {
            if (infer_is(text, i, words[w]))
                return i;
        }
    }
    return text->count;
}

/* The n-th item of the list whose first begins at `from`; false: it is shorter. */
static bool find_item(const struct infer_text *text, size_t from, size_t n,
                      size_t *start, size_t *end)
{
    *start = from;
    for (*end = item_end(text, from); n > 0; n--) {
        if (!infer_is_symbol(text, *end, ','))
            return false;
        *start = *end + 1;
        *end = item_end(text, *start);
    }
    return *end > *start;
}

/* Is the place an item of a list, all by itself? The items in front of it are gone
 * through, or only the last one, if it was such a place too. */
static bool find_list(struct place *place, const struct place *last)
{
    const struct infer_text *text = place->text;
    size_t start = place->from, steps = 0;
    place->item = 0;
    if (item_end(text, place->to) != place->to)
        return false;
    if (last->is_item && last->to + 1 == start &&
        infer_is_symbol(text, last->to, ',')) {
        place->open = last->open;
        place->item = last->item + 1;
        return true;
    }
    bool first = start > 0 && !infer_is_symbol(text, start - 1, ',');
    for (size_t i = start; i-- > 0 && steps < INFER_REACH; steps++) {
        if (infer_is_symbol(text, i, ')') || infer_is_symbol(text, i, ']')) {
            i = infer_opening(text, i);
            if (i >= text->count)
                return false;
        } else if (infer_is_symbol(text, i, ',')) {
            place->item++;
        } else if (infer_is_symbol(text, i, '(') || infer_is_symbol(text, i, '[') ||
                   infer_is(text, i, "select")) {
            place->open = i;
            return !first || i + 1 == start;
        }
        if (first && i + 1 == start)
            return false;
    }
    return false;
}

/* An argument of a function. */
static bool rule_argument(const struct place *place, struct infer_hint *hint)
{
    const struct infer_text *text = place->text;
    size_t open = place->open, n = place->item, start, end;
    if (!place->is_item || open == 0 || !infer_is_symbol(text, open, '(') ||
        infer_is_keyword(text, open - 1) ||
        infer_at(text, open - 1)->kind != TOKEN_WORD)
        return false;
    bool is_alone = n == 0 && !infer_is_symbol(text, place->to, ',');
    const char *type = infer_argument(infer_at(text, open - 1)->text, n, is_alone);
    if (!type || *type)
        return says(hint, type);
    hint->span = infer_slice(text, place->from, place->to);
    for (size_t i = 0; find_item(text, open + 1, i, &start, &end); i++) {
        if (i != n && !(end - start == 1 && infer_at(text, start)->kind == TOKEN_PARAM))
            return neighbour(place, start, end, hint);
    }
    return false;
}

/* An item of a row that is compared with another: (a, b) = ($1, $2). */
static bool rule_row(const struct place *place, struct infer_hint *hint)
{
    const struct infer_text *text = place->text;
    size_t open = place->open, n = place->item, start, end;
    if (!place->is_item || !infer_is_symbol(text, open, '('))
        return false;
    size_t op = infer_operator_start(text, open);
    if (op == open || op == 0 || !infer_is_symbol(text, op - 1, ')'))
        return false;
    size_t other = infer_opening(text, op - 1);
    if (other >= text->count || !find_item(text, other + 1, n, &start, &end))
        return false;
    hint->span = infer_slice(text, place->from, place->to);
    return neighbour(place, start, end, hint);
}

enum { ROWS_REACH = 50 };

/* An item of VALUES: as the item of the other rows. */
static bool rule_values(const struct place *place, struct infer_hint *hint)
{
    const struct infer_text *text = place->text;
    size_t open = place->open, n = place->item, start, end;
    if (!place->is_item || !infer_is_symbol(text, open, '('))
        return false;
    size_t first = open, steps = 0;
    while (steps++ < ROWS_REACH && first >= 2 && first < text->count &&
           infer_is_symbol(text, first - 1, ',') &&
           infer_is_symbol(text, first - 2, ')'))
        first = infer_opening(text, first - 2);
    if (first == 0 || first >= text->count || !infer_is(text, first - 1, "values"))
        return false;
    hint->span = infer_slice(text, place->from, place->to);
    for (size_t row = first, n_row = 0;
         n_row < ROWS_REACH && infer_is_symbol(text, row, '(');
         row = infer_closing(text, row) + 2, n_row++) {
        if (row != open && find_item(text, row + 1, n, &start, &end) &&
            infer_at(text, start)->kind != TOKEN_PARAM)
            return neighbour(place, start, end, hint);
    }
    return false;
}

/* a[$1] */
static bool rule_subscript(const struct place *place, struct infer_hint *hint)
{
    const struct infer_text *text = place->text;
    bool opens = infer_is_symbol(text, place->from - 1, '[') ||
                 infer_is_symbol(text, place->from - 1, ':');
    bool closes =
        infer_is_symbol(text, place->to, ']') || infer_is_symbol(text, place->to, ':');
    if (place->from < 2 || !opens || !closes)
        return false;
    size_t open = place->from - 1;
    while (open > 0 && !infer_is_symbol(text, open, '['))
        open--;
    bool behind_value = open > 0 && infer_operand_start(text, open) < open;
    return behind_value && says(hint, "int4");
}

/* ---- select lists ---- */

/* INSERT INTO table [(columns)] SELECT …, $1, … */
static bool set_target(const struct place *place, struct infer_hint *hint)
{
    const struct infer_text *text = place->text;
    size_t select = place->open;
    size_t table = text->into + 1, end = table + 1;
    while (infer_is_symbol(text, end, '.'))
        end += 2;
    if (!infer_is(text, 0, "insert") || table >= select)
        return false;
    hint->table = infer_slice(text, table, end);
    if (infer_is(text, end, "as"))
        end += 2;
    if (infer_is_symbol(text, end, '(')) {
        size_t close = infer_closing(text, end);
        if (close >= select)
            return false;
        hint->columns = infer_slice(text, end + 1, close);
        end = close + 1;
    }
    hint->kind = end == select ? INFER_TARGET : INFER_NOTHING;
    hint->column = place->item;
    return end == select;
}

static bool is_nested(const struct infer_text *text, size_t i)
{
    while (i-- > 0) {
        if (infer_is_symbol(text, i, '('))
            return true;
        if (infer_is_symbol(text, i, ')') && infer_opening(text, i) < i)
            i = infer_opening(text, i);
    }
    return false;
}

static bool rule_select(const struct place *place, struct infer_hint *hint)
{
    const struct infer_text *text = place->text;
    size_t select = place->open;
    if (!place->is_item || !infer_is(text, select, "select"))
        return false;
    if (set_target(place, hint))
        return true;
    if (is_nested(text, select))
        return false;
    if (!text->has_set_operation)
        return false;
    hint->kind = INFER_COLUMN;
    hint->column = place->item;
    return true;
}

/* ---- CASE ---- */

/* THEN or ELSE in front of it: as another result of the same CASE. */
static bool rule_case(const struct place *place, struct infer_hint *hint)
{
    const struct infer_text *text = place->text;
    int depth = 0;
    size_t start = place->from, i;
    if (start == 0 ||
        (!infer_is(text, start - 1, "then") && !infer_is(text, start - 1, "else")))
        return false;
    for (i = start; i-- > 0 && start - i < INFER_REACH;) {
        depth += infer_is(text, i, "end") - infer_is(text, i, "case");
        if (depth < 0)
            break;
    }
    depth = 0;
    hint->span = infer_slice(text, place->from, place->to);
    for (; i < text->count && i < start + INFER_REACH; i++) {
        depth += infer_is(text, i, "case") - infer_is(text, i, "end");
        bool result = infer_is(text, i, "then") || infer_is(text, i, "else");
        size_t end = result ? infer_operand_end(text, i + 1) : i;
        if (depth == 0)
            return false;
        if (depth == 1 && result && i + 1 != start && end > i + 1 &&
            infer_at(text, i + 1)->kind != TOKEN_PARAM)
            return neighbour(place, i + 1, end, hint);
    }
    return false;
}

/* ---- all places ---- */

static infer_rule *const rules[] = {
    rule_cast,   rule_any,      rule_operator,  rule_distinct, rule_row,
    rule_values, rule_argument, rule_subscript, rule_case,     rule_select};

/* Brackets that hold nothing but the parameter, and that nothing calls. */
static void widen(struct place *place)
{
    const struct infer_text *text = place->text;
    while (place->from > 0 && infer_is_symbol(text, place->from - 1, '(') &&
           infer_is_symbol(text, place->to, ')')) {
        const struct token *before = infer_at(text, place->from - 2);
        bool called = place->from >= 2 &&
                      (before->kind == TOKEN_QUOTED || before->kind == TOKEN_WORD);
        bool groups = place->from < 2 || infer_is(text, place->from - 2, "and") ||
                      infer_is(text, place->from - 2, "or") ||
                      infer_is(text, place->from - 2, "not") ||
                      infer_is(text, place->from - 2, "where") ||
                      infer_is(text, place->from - 2, "select") ||
                      infer_is(text, place->from - 2, "on") ||
                      infer_is(text, place->from - 2, "when") ||
                      infer_is(text, place->from - 2, "then") ||
                      infer_is(text, place->from - 2, "else");
        bool row = infer_is_symbol(text, place->from - 2, ',') ||
                   infer_is_symbol(text, place->from - 2, ')');
        if ((called && !groups) || row)
            return;
        place->from--;
        place->to++;
    }
}

/* A sign in front belongs to the parameter, if no operand is in front of it. */
static bool take_sign(struct place *place)
{
    const struct infer_text *text = place->text;
    if (place->from == 0 || (!infer_is_symbol(text, place->from - 1, '-') &&
                             !infer_is_symbol(text, place->from - 1, '+')))
        return false;
    size_t sign = place->from - 1;
    if (infer_operand_start(text, sign) < sign)
        return false;
    place->from = sign;
    return true;
}

/* *last: the place before this one, and then this one. */
static void infer_place(const struct infer_text *text, size_t i, struct place *last,
                        struct infer_hint *hint)
{
    struct place place = {.text = text, .from = i, .to = i + 1};
    do {
        widen(&place);
        place.is_item = find_list(&place, last);
        for (size_t r = 0; r < ARRAY_LEN(rules); r++) {
            *hint = (struct infer_hint){0};
            if (!rules[r](&place, hint))
                continue;
            *last = place;
            return;
        }
    } while (take_sign(&place));
    *last = place;
    *hint = (struct infer_hint){0};
}

bool sql_infer(struct slice statement, struct arena *arena, struct infer_hint *hints,
               size_t count)
{
    struct infer_text text;
    struct place last = {0};
    if (!infer_text_init(&text, statement, arena))
        return false;
    memset(hints, 0, count * sizeof *hints);
    for (size_t i = 0; i < text.count; i++) {
        uint32_t number = sql_param_number(infer_at(&text, i));
        if (number > 0 && number <= count && hints[number - 1].kind == INFER_NOTHING)
            infer_place(&text, i, &last, &hints[number - 1]);
    }
    return true;
}
