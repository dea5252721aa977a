-- What views written for SQLite call: functions that PostgreSQL has otherwise or not at all, and operators
-- that it lacks for such values. A view is made with these before PostgreSQL's own; nothing else uses them.
--
-- A number of a column is double precision. What is computed is numeric: without digits behind the point an
-- integer of SQLite's, with them (5.0) a real number.

-- --- casts -----------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION holdall_to_text(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT value $$;

CREATE OR REPLACE FUNCTION holdall_to_text(value double precision) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT holdall_number_text(value) $$;

CREATE OR REPLACE FUNCTION holdall_numeral(value double precision) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT value::text::numeric $$;

-- A real number, whole or not.
CREATE OR REPLACE FUNCTION holdall_real(value double precision) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT value::text::numeric + 0.0 $$;

CREATE OR REPLACE FUNCTION holdall_to_text(value numeric) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN scale(value) = 0 THEN value::text
        ELSE holdall_real_text(value::double precision) END
$$;

CREATE OR REPLACE FUNCTION holdall_to_text(value boolean) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT value::integer::text $$;

CREATE OR REPLACE FUNCTION holdall_to_text(value jsonb) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT holdall_json_text(value) $$;

CREATE OR REPLACE FUNCTION holdall_to_text(value json) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(value::text, '("(\\.|[^"\\])*")|\s+', '\1', 'g')
$$;

CREATE OR REPLACE FUNCTION holdall_to_text(value anyelement) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$ SELECT value::text $$;

-- The number that a text begins with, else 0.
CREATE OR REPLACE FUNCTION holdall_numeral(value text) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT COALESCE(ltrim(
        substring(value FROM '^[ \t\n\v\f\r]*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?'),
        E' \t\n\v\f\r+'), '0')::numeric
$$;

CREATE OR REPLACE FUNCTION holdall_numeral(value numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT value $$;

CREATE OR REPLACE FUNCTION holdall_numeral(value bigint) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT value::numeric $$;

CREATE OR REPLACE FUNCTION holdall_numeral(value boolean) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT value::integer::numeric $$;

CREATE OR REPLACE FUNCTION holdall_numeral(value jsonb) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_numeral(holdall_json_text(value))
$$;

CREATE OR REPLACE FUNCTION holdall_to_real(value text) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT holdall_numeral(value) + 0.0 $$;

CREATE OR REPLACE FUNCTION holdall_to_real(value double precision) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT holdall_real(value) $$;

CREATE OR REPLACE FUNCTION holdall_to_real(value boolean) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT holdall_numeral(value) + 0.0 $$;

CREATE OR REPLACE FUNCTION holdall_to_real(value jsonb) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT holdall_numeral(value) + 0.0 $$;

CREATE OR REPLACE FUNCTION holdall_to_integer(value text) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT COALESCE(substring(value FROM '^[ \t\n\v\f\r]*([-+]?\d{1,18})'), '0')::bigint
$$;

-- What has a point is cut, not rounded.
CREATE OR REPLACE FUNCTION holdall_to_integer(value double precision) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN value >= 9223372036854775807 THEN 9223372036854775807
        WHEN value <= -9223372036854775808 THEN (-9223372036854775808)::bigint
        ELSE trunc(value)::bigint
    END
$$;

CREATE OR REPLACE FUNCTION holdall_to_integer(value bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT value $$;

CREATE OR REPLACE FUNCTION holdall_to_integer(value boolean) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT value::integer::bigint $$;

CREATE OR REPLACE FUNCTION holdall_to_integer(value jsonb) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_to_integer(holdall_json_text(value))
$$;

CREATE OR REPLACE FUNCTION holdall_to_flag(value text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT holdall_numeral(value) <> 0 $$;

CREATE OR REPLACE FUNCTION holdall_to_flag(value double precision) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT value <> 0 $$;

CREATE OR REPLACE FUNCTION holdall_to_flag(value boolean) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT value $$;

CREATE OR REPLACE FUNCTION holdall_to_flag(value jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_numeral(value) <> 0
$$;

-- Whether a field of flags shows a value as true.
CREATE OR REPLACE FUNCTION holdall_is_one(value text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT holdall_numeral(value) = 1 $$;

CREATE OR REPLACE FUNCTION holdall_is_one(value numeric) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT value = 1 $$;

CREATE OR REPLACE FUNCTION holdall_is_one(value double precision) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT value = 1 $$;

CREATE OR REPLACE FUNCTION holdall_is_one(value boolean) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT value $$;

CREATE OR REPLACE FUNCTION holdall_is_one(value jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT holdall_numeral(value) = 1 $$;

-- Whether a value counts as true where there is a condition.
CREATE OR REPLACE FUNCTION holdall_to_flag(value bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT value <> 0 $$;

CREATE OR REPLACE FUNCTION holdall_to_flag(value numeric) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT value <> 0 $$;

-- --- texts and numbers -----------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION holdall_length(value text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT char_length(value) $$;

CREATE OR REPLACE FUNCTION holdall_length(value anyelement) RETURNS integer
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$ SELECT char_length(holdall_to_text(value)) $$;

-- From a place, which counts from the end where it is negative; a negative length goes to the left.
CREATE OR REPLACE FUNCTION holdall_substr(value text, place bigint, size bigint) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    first bigint := CASE
        WHEN place > 0 THEN place - 1
        WHEN place < 0 THEN char_length(value) + place
        ELSE -1
    END;
    last bigint;
BEGIN
    IF place = 0 AND size < 0 THEN
        first := 0;
    END IF;
    last := first + size;
    IF size < 0 THEN
        last := first;
        first := first + size;
    END IF;
    first := greatest(first, 0);
    last := least(last, char_length(value));
    RETURN CASE WHEN last <= first THEN ''
        ELSE substr(value, first::integer + 1, (last - first)::integer) END;
END
$$;

CREATE OR REPLACE FUNCTION holdall_substr(value text, place bigint) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN place > 0 THEN substr(value, place::integer)
        WHEN place < 0 THEN right(value, (-place)::integer)
        ELSE value
    END
$$;

CREATE OR REPLACE FUNCTION holdall_substr(value anyelement, place bigint) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_substr(holdall_to_text(value), place)
$$;

CREATE OR REPLACE FUNCTION holdall_substr(value anyelement, place bigint, size bigint) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_substr(holdall_to_text(value), place, size)
$$;

CREATE OR REPLACE FUNCTION holdall_instr(value text, part text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT position(part IN value) $$;

CREATE OR REPLACE FUNCTION holdall_instr(value anyelement, part text) RETURNS integer
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$ SELECT position(part IN holdall_to_text(value)) $$;

-- All digits of a binary number: 6.545 is a little less than that.
CREATE OR REPLACE FUNCTION holdall_exact(value double precision) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    places int;
BEGIN
    IF abs(value) < 1e-10 OR abs(value) >= 9007199254740992 THEN
        RETURN value::text::numeric;
    END IF;
    places := 54 - floor(ln(abs(value)) / ln(2::double precision))::int;
    RETURN (value * 2::double precision ^ places)::bigint::numeric * 1e30
        / 2::numeric ^ places / 1e30;
END
$$;

-- Half a step goes away from 0.
CREATE OR REPLACE FUNCTION holdall_round(value double precision, digits integer DEFAULT 0)
RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT round(holdall_exact(value), greatest(digits, 0)) + 0.0
$$;

CREATE OR REPLACE FUNCTION holdall_round(value numeric, digits integer DEFAULT 0) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN scale(value) = 0 THEN value + 0.0
        ELSE holdall_round(value::double precision, digits) END
$$;

CREATE OR REPLACE FUNCTION holdall_round(value text, digits integer DEFAULT 0) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_round(holdall_numeral(value), digits)
$$;

CREATE OR REPLACE FUNCTION holdall_hex(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT COALESCE(upper(encode(convert_to(value, 'UTF8'), 'hex')), '')
$$;

CREATE OR REPLACE FUNCTION holdall_typeof(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN value IS NULL THEN 'null' ELSE 'text' END
$$;

CREATE OR REPLACE FUNCTION holdall_typeof(value anyelement) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN value IS NULL THEN 'null'
        WHEN jsonb_typeof(to_jsonb(value)) = 'boolean' THEN 'integer'
        WHEN jsonb_typeof(to_jsonb(value)) <> 'number' THEN 'text'
        WHEN to_jsonb(value)::text ~ '^-?\d+$' THEN 'integer'
        ELSE 'real'
    END
$$;

-- A value on its way to printf: numbers with all their digits.
CREATE OR REPLACE FUNCTION holdall_printed(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT value $$;

CREATE OR REPLACE FUNCTION holdall_printed(value double precision) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT holdall_numeral(value)::text $$;

CREATE OR REPLACE FUNCTION holdall_printed(value numeric) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT value::text $$;

CREATE OR REPLACE FUNCTION holdall_printed(value anyelement) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$ SELECT holdall_to_text(value) $$;

CREATE OR REPLACE FUNCTION holdall_printf(format text, VARIADIC arguments text[] DEFAULT '{}')
RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    part text[];
    out text := '';
    rest text := format;
    at int := 0;
    value text;
    shown text;
    width int;
    digits int;
BEGIN
    LOOP
        part := regexp_match(rest, '^([^%]*)%([-+ 0,#!]*)(\d*)(?:\.(\d+))?l*([a-zA-Z%])');
        IF part IS NULL THEN
            RETURN out || rest;
        END IF;
        out := out || part[1];
        rest := substr(rest, char_length(substring(
            rest FROM '^[^%]*%[-+ 0,#!]*\d*(?:\.\d+)?l*[a-zA-Z%]')) + 1);
        IF part[5] = '%' THEN
            out := out || '%';
            CONTINUE;
        END IF;
        at := at + 1;
        value := arguments[at];
        digits := part[4]::int;
        CASE
            WHEN part[5] IN ('d', 'i', 'u') THEN
                shown := COALESCE(holdall_to_integer(value), 0)::text;
                IF digits IS NOT NULL THEN
                    shown := CASE WHEN shown LIKE '-%' THEN '-' ELSE '' END
                        || lpad(ltrim(shown, '-'),
                                greatest(digits, char_length(ltrim(shown, '-'))), '0');
                END IF;
                IF part[2] LIKE '%,%' THEN
                    shown := regexp_replace(shown, '(\d)(?=(\d{3})+$)', '\1,', 'g');
                END IF;
            WHEN part[5] IN ('f', 'F') THEN
                shown := round(holdall_exact(COALESCE(holdall_to_real(value), 0)::double precision),
                    COALESCE(digits, 6))::text;
                IF part[2] LIKE '%,%' THEN
                    shown := regexp_replace(split_part(shown, '.', 1), '(\d)(?=(\d{3})+$)', '\1,', 'g')
                        || CASE WHEN shown LIKE '%.%' THEN '.' || split_part(shown, '.', 2) ELSE '' END;
                END IF;
            WHEN part[5] IN ('g', 'G') THEN
                shown := regexp_replace(
                    holdall_number_text(COALESCE(holdall_to_real(value), 0)), '\.0$', '');
            WHEN part[5] IN ('x', 'X') THEN
                shown := to_hex(COALESCE(holdall_to_integer(value), 0));
                shown := CASE part[5] WHEN 'X' THEN upper(shown) ELSE shown END;
            WHEN part[5] = 'c' THEN
                shown := left(COALESCE(value, ''), 1);
            WHEN part[5] IN ('q', 'Q') THEN
                shown := replace(COALESCE(value, '(NULL)'), '''', '''''');
                shown := CASE part[5] WHEN 'Q' THEN '''' || shown || '''' ELSE shown END;
            ELSE
                shown := COALESCE(value, '');
                IF shown ~ '^-?\d+\.\d+$' AND char_length(shown) > 16 THEN
                    shown := holdall_real_text(shown::double precision);
                END IF;
                shown := CASE WHEN digits IS NULL THEN shown ELSE left(shown, digits) END;
        END CASE;
        IF part[5] IN ('d', 'i', 'f', 'F', 'g') AND shown NOT LIKE '-%' THEN
            shown := CASE
                WHEN part[2] LIKE '%+%' THEN '+' WHEN part[2] LIKE '% %' THEN ' ' ELSE ''
            END || shown;
        END IF;
        width := COALESCE(NULLIF(part[3], ''), '0')::int;
        IF char_length(shown) < width THEN
            shown := CASE
                WHEN part[2] LIKE '%-%' THEN rpad(shown, width)
                WHEN part[2] LIKE '%0%' AND part[5] NOT IN ('s', 'c', 'q', 'Q')
                THEN regexp_replace(shown, '^([-+ ]?)(.*)$', '\1')
                    || lpad(regexp_replace(shown, '^[-+ ]', ''),
                            width - CASE WHEN shown ~ '^[-+ ]' THEN 1 ELSE 0 END, '0')
                ELSE lpad(shown, width)
            END;
        END IF;
        out := out || shown;
    END LOOP;
END
$$;

-- --- times -----------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION holdall_strftime(format text) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_strftime(format, '"now"'::jsonb, '{}'::text[])
$$;

DO $$
DECLARE
    kind text;
    named record;
BEGIN
    FOREACH kind IN ARRAY ARRAY['text', 'double precision'] LOOP
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION holdall_strftime(format text, value %s,'
            ' VARIADIC modifiers text[] DEFAULT ''{}'') RETURNS text'
            ' LANGUAGE sql STABLE STRICT PARALLEL SAFE AS'
            ' ''SELECT holdall_strftime(format, to_jsonb(value), modifiers)''', kind);
        FOR named IN
            SELECT * FROM (VALUES
                ('date', '%Y-%m-%d', 'text'), ('time', '%H:%M:%S', 'text'),
                ('datetime', '%Y-%m-%d %H:%M:%S', 'text'),
                ('unixepoch', '%s', 'bigint')
            ) AS every(name, format, gives)
        LOOP
            EXECUTE format(
                'CREATE OR REPLACE FUNCTION holdall_%s(value %s,'
                ' VARIADIC modifiers text[] DEFAULT ''{}'') RETURNS %s'
                ' LANGUAGE sql STABLE STRICT PARALLEL SAFE AS %L',
                named.name, kind, named.gives,
                format('SELECT holdall_strftime(%L, to_jsonb(value), modifiers)::%s',
                    named.format, named.gives));
            EXECUTE format(
                'CREATE OR REPLACE FUNCTION holdall_%s() RETURNS %s'
                ' LANGUAGE sql STABLE PARALLEL SAFE AS'
                ' ''SELECT holdall_%s(''''now''''::text)''',
                named.name, named.gives, named.name);
        END LOOP;
    END LOOP;
END
$$;

-- Days since noon of November 24th 4714 before Christ, to the millisecond.
CREATE OR REPLACE FUNCTION holdall_julianday(value text, VARIADIC modifiers text[] DEFAULT '{}')
RETURNS numeric
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_real((210866760000000
        + holdall_strftime('%s', to_jsonb(value), modifiers)::bigint * 1000
        + split_part(holdall_strftime('%f', to_jsonb(value), modifiers), '.', 2)::bigint
        ) / 86400000::double precision)
$$;

CREATE OR REPLACE FUNCTION holdall_julianday() RETURNS numeric
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT holdall_julianday('now') $$;

-- --- aggregates ------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION holdall_extreme_step(held integer, flag boolean, wanted boolean)
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN flag IS NULL THEN held
        WHEN held IS NULL THEN flag::integer
        WHEN wanted THEN greatest(held, flag::integer)
        ELSE least(held, flag::integer)
    END
$$;

CREATE OR REPLACE FUNCTION holdall_max_step(held integer, flag boolean) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT holdall_extreme_step(held, flag, TRUE) $$;

CREATE OR REPLACE FUNCTION holdall_min_step(held integer, flag boolean) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT holdall_extreme_step(held, flag, FALSE) $$;

CREATE OR REPLACE AGGREGATE max(boolean) (SFUNC = holdall_max_step, STYPE = integer);
CREATE OR REPLACE AGGREGATE min(boolean) (SFUNC = holdall_min_step, STYPE = integer);

DO $$
DECLARE
    kind text;
BEGIN
    FOREACH kind IN ARRAY ARRAY['double precision', 'numeric', 'bigint', 'boolean', 'jsonb'] LOOP
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION holdall_concat_step(texts text, value %s) RETURNS text'
            ' LANGUAGE sql IMMUTABLE PARALLEL SAFE AS'
            ' ''SELECT holdall_concat_step(texts, holdall_to_text(value))''', kind);
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION holdall_concat_step(texts text, value %s, between_them text)'
            ' RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS'
            ' ''SELECT holdall_concat_step(texts, holdall_to_text(value), between_them)''', kind);
        EXECUTE format(
            'CREATE OR REPLACE AGGREGATE group_concat(%s)'
            ' (SFUNC = holdall_concat_step, STYPE = text)', kind);
        EXECUTE format(
            'CREATE OR REPLACE AGGREGATE group_concat(%s, text)'
            ' (SFUNC = holdall_concat_step, STYPE = text)', kind);
    END LOOP;
END
$$;

-- --- operators -------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION holdall_sum(a numeric, b numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN scale(a) = 0 AND scale(b) = 0 THEN a + b
        ELSE holdall_real(a::double precision + b::double precision) END
$$;

CREATE OR REPLACE FUNCTION holdall_difference(a numeric, b numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN scale(a) = 0 AND scale(b) = 0 THEN a - b
        ELSE holdall_real(a::double precision - b::double precision) END
$$;

CREATE OR REPLACE FUNCTION holdall_product(a numeric, b numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN scale(a) = 0 AND scale(b) = 0 THEN a * b
        ELSE holdall_real(a::double precision * b::double precision) END
$$;

CREATE OR REPLACE FUNCTION holdall_quotient(a numeric, b numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN b = 0 THEN NULL
        WHEN scale(a) = 0 AND scale(b) = 0 THEN div(a, b)
        ELSE holdall_real(a::double precision / b::double precision) END
$$;

CREATE OR REPLACE FUNCTION holdall_rest(a numeric, b numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN scale(a) = 0 AND scale(b) = 0 THEN mod(a, NULLIF(b, 0))
        ELSE mod(trunc(a), NULLIF(trunc(b), 0)) + 0.0 END
$$;

-- Of a pattern with *, ? and [].
CREATE OR REPLACE FUNCTION holdall_glob(value text, pattern text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT value COLLATE "C" ~ ('^(?:' || replace(replace(
        regexp_replace(pattern, '([.\\+(){}|$^])(?![^\[]*\])', '\\\1', 'g'),
        '*', '.*'), '?', '.') || ')$')
$$;

CREATE OR REPLACE FUNCTION holdall_unglob(value text, pattern text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT NOT holdall_glob(value, pattern) $$;

-- LIKE knows no difference of case in ASCII and no escapes.
CREATE OR REPLACE FUNCTION holdall_like(value text, pattern text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT lower(value COLLATE "C") LIKE lower(pattern COLLATE "C") ESCAPE ''
$$;

CREATE OR REPLACE FUNCTION holdall_unlike(value text, pattern text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT lower(value COLLATE "C") NOT LIKE lower(pattern COLLATE "C") ESCAPE ''
$$;

-- Where a text meets a number it is read as one.
CREATE OR REPLACE FUNCTION holdall_order(a text, b double precision) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_order(holdall_numeric(a), to_jsonb(b))
$$;

CREATE OR REPLACE FUNCTION holdall_order(a double precision, b text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_order(to_jsonb(a), holdall_numeric(b))
$$;

CREATE OR REPLACE FUNCTION holdall_order(a jsonb, b double precision) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_order(holdall_scalar(a), to_jsonb(b))
$$;

CREATE OR REPLACE FUNCTION holdall_order(a jsonb, b text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_order(to_jsonb(holdall_json_text(a)), to_jsonb(b))
$$;

CREATE OR REPLACE FUNCTION holdall_order(a boolean, b double precision) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_order(to_jsonb(a::integer), to_jsonb(b))
$$;

CREATE OR REPLACE FUNCTION holdall_order(a double precision, b boolean) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_order(to_jsonb(a), to_jsonb(b::integer))
$$;

CREATE OR REPLACE FUNCTION holdall_order(a text, b boolean) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_order(holdall_numeric(a), to_jsonb(b::integer))
$$;

CREATE OR REPLACE FUNCTION holdall_order(a boolean, b text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_order(to_jsonb(a::integer), holdall_numeric(b))
$$;

DO $$
DECLARE
    pair text[];
    comparison text[];
    made record;
BEGIN
    FOREACH pair SLICE 1 IN ARRAY ARRAY[
        ['text', 'double precision'], ['double precision', 'text'], ['jsonb', 'double precision'],
        ['jsonb', 'text'], ['boolean', 'text'], ['text', 'boolean'], ['boolean', 'double precision'],
        ['double precision', 'boolean']
    ] LOOP
        FOREACH comparison SLICE 1 IN ARRAY ARRAY[
            ['=', 'is'], ['<>', 'is_not'], ['<', 'before'], ['<=', 'until'],
            ['>', 'after'], ['>=', 'from']
        ] LOOP
            EXECUTE format(
                'CREATE OR REPLACE FUNCTION holdall_%s(a %s, b %s) RETURNS boolean'
                ' LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS'
                ' ''SELECT holdall_order(a, b) %s 0''',
                comparison[2], pair[1], pair[2], comparison[1]);
            BEGIN
                EXECUTE format(
                    'CREATE OPERATOR %s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = holdall_%s)',
                    comparison[1], pair[1], pair[2], comparison[2]);
            EXCEPTION WHEN duplicate_function THEN NULL;
            END;
        END LOOP;
    END LOOP;
    -- integers give integers; what is divided by zero is NULL
    FOR made IN
        SELECT left_kind, right_kind, op, name FROM (VALUES
            ('bigint', 'bigint'), ('integer', 'integer'), ('bigint', 'integer'), ('integer', 'bigint')
        ) AS kinds(left_kind, right_kind), (VALUES ('/', 'quotient'), ('%', 'rest')) AS ops(op, name)
    LOOP
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION holdall_%s(a %s, b %s) RETURNS bigint'
            ' LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS %L',
            made.name, made.left_kind, made.right_kind,
            format('SELECT a::bigint OPERATOR(pg_catalog.%s) NULLIF(b::bigint, 0)', made.op));
        BEGIN
            EXECUTE format(
                'CREATE OPERATOR %s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = holdall_%s)',
                made.op, made.left_kind, made.right_kind, made.name);
        EXCEPTION WHEN duplicate_function THEN NULL;
        END;
    END LOOP;
    -- numbers of columns, texts and flags are computed as numerals
    FOR made IN
        SELECT left_kinds.kind AS left_kind, right_kinds.kind AS right_kind, op, name
        FROM (VALUES ('double precision'), ('numeric'), ('text'), ('boolean')) AS left_kinds(kind),
            (VALUES ('double precision'), ('numeric'), ('text'), ('boolean')) AS right_kinds(kind),
            (VALUES ('+', 'sum'), ('-', 'difference'), ('*', 'product'), ('/', 'quotient'),
                ('%', 'rest')) AS ops(op, name)
        WHERE left_kinds.kind <> 'numeric' OR right_kinds.kind <> 'numeric'
    LOOP
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION holdall_%s(a %s, b %s) RETURNS numeric'
            ' LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS'
            ' ''SELECT holdall_%s(holdall_numeral(a), holdall_numeral(b))''',
            made.name, made.left_kind, made.right_kind, made.name);
    END LOOP;
    FOR made IN
        SELECT left_kinds.kind AS left_kind, right_kinds.kind AS right_kind, op, name
        FROM (VALUES ('double precision'), ('numeric'), ('text'), ('boolean')) AS left_kinds(kind),
            (VALUES ('double precision'), ('numeric'), ('text'), ('boolean')) AS right_kinds(kind),
            (VALUES ('+', 'sum'), ('-', 'difference'), ('*', 'product'), ('/', 'quotient'),
                ('%', 'rest')) AS ops(op, name)
    LOOP
        BEGIN
            EXECUTE format(
                'CREATE OPERATOR %s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = holdall_%s)',
                made.op, made.left_kind, made.right_kind, made.name);
        EXCEPTION WHEN duplicate_function THEN NULL;
        END;
    END LOOP;
    -- what is joined to a text becomes text
    FOR made IN
        SELECT left_kind, right_kind FROM (VALUES
            ('text', 'double precision'), ('double precision', 'text'), ('text', 'numeric'),
            ('numeric', 'text'), ('text', 'boolean'), ('boolean', 'text'), ('text', 'jsonb'),
            ('jsonb', 'text'), ('double precision', 'double precision')
        ) AS kinds(left_kind, right_kind)
    LOOP
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION holdall_joined(a %s, b %s) RETURNS text'
            ' LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS %L', made.left_kind, made.right_kind,
            'SELECT holdall_to_text(a) OPERATOR(pg_catalog.||) holdall_to_text(b)');
        BEGIN
            EXECUTE format(
                'CREATE OPERATOR || (LEFTARG = %s, RIGHTARG = %s, FUNCTION = holdall_joined)',
                made.left_kind, made.right_kind);
        EXCEPTION WHEN duplicate_function THEN NULL;
        END;
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION holdall_like(value jsonb, pattern text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_like(holdall_json_text(value), pattern)
$$;

CREATE OR REPLACE FUNCTION holdall_unlike(value jsonb, pattern text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_unlike(holdall_json_text(value), pattern)
$$;

CREATE OR REPLACE FUNCTION holdall_like(value double precision, pattern text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_like(holdall_to_text(value), pattern)
$$;

CREATE OR REPLACE FUNCTION holdall_unlike(value double precision, pattern text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_unlike(holdall_to_text(value), pattern)
$$;

DO $$
DECLARE
    kind text;
    made text[];
BEGIN
    FOREACH kind IN ARRAY ARRAY['text', 'jsonb', 'double precision'] LOOP
        FOREACH made SLICE 1 IN ARRAY ARRAY[['~~', 'like'], ['!~~', 'unlike']] LOOP
            BEGIN
                EXECUTE format(
                    'CREATE OPERATOR %s (LEFTARG = %s, RIGHTARG = text, FUNCTION = holdall_%s)',
                    made[1], kind, made[2]);
            EXCEPTION WHEN duplicate_function THEN NULL;
            END;
        END LOOP;
    END LOOP;
    FOREACH made SLICE 1 IN ARRAY ARRAY[['<~>', 'glob'], ['!<~>', 'unglob']] LOOP
        BEGIN
            EXECUTE format(
                'CREATE OPERATOR %s (LEFTARG = text, RIGHTARG = text, FUNCTION = holdall_%s)',
                made[1], made[2]);
        EXCEPTION WHEN duplicate_function THEN NULL;
        END;
    END LOOP;
END
$$;
