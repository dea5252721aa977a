-- Functions that views written for SQLite call and PostgreSQL does not have.

CREATE OR REPLACE FUNCTION ifnull(value anyelement, other anyelement) RETURNS anyelement
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT COALESCE(value, other) $$;

CREATE OR REPLACE FUNCTION iif(condition boolean, yes anyelement, no anyelement) RETURNS anyelement
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE WHEN condition THEN yes ELSE no END $$;

CREATE OR REPLACE FUNCTION instr(value text, part text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT position(part IN value) $$;

CREATE OR REPLACE FUNCTION round(value double precision, digits integer) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT round(value::numeric, digits)::double precision
$$;

CREATE OR REPLACE FUNCTION strftime(format text, value text, VARIADIC modifiers text[] DEFAULT '{}')
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_strftime(format, to_jsonb(value), modifiers)
$$;

CREATE OR REPLACE FUNCTION datetime(value text, VARIADIC modifiers text[] DEFAULT '{}') RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_strftime('%Y-%m-%d %H:%M:%S', to_jsonb(value), modifiers)
$$;

CREATE OR REPLACE FUNCTION julianday(value text, VARIADIC modifiers text[] DEFAULT '{}')
RETURNS double precision
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_strftime('%J', to_jsonb(value), modifiers)::double precision
$$;

CREATE OR REPLACE FUNCTION json_extract(value jsonb, path text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_text(holdall_scalar(
        jsonb_path_query_first(value, path::jsonpath, silent => true)))
$$;

CREATE OR REPLACE FUNCTION json_array_length(value jsonb) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN jsonb_typeof(value) = 'array' THEN jsonb_array_length(value) ELSE 0 END
$$;

CREATE OR REPLACE FUNCTION json_each(list jsonb, OUT key text, OUT value text) RETURNS SETOF record
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT (ordinality - 1)::text, item FROM jsonb_array_elements_text(
        CASE WHEN jsonb_typeof(list) = 'array' THEN list ELSE jsonb_build_array(list) END
    ) WITH ORDINALITY AS items(item, ordinality)
$$;

CREATE OR REPLACE FUNCTION holdall_total_step(sum double precision, value double precision)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT sum + COALESCE(value, 0) $$;

CREATE OR REPLACE AGGREGATE total(double precision) (
    SFUNC = holdall_total_step, STYPE = double precision, INITCOND = '0'
);

CREATE OR REPLACE FUNCTION holdall_concat_step(texts text, value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN value IS NULL THEN texts WHEN texts IS NULL THEN value
        ELSE texts || ',' || value END
$$;

CREATE OR REPLACE AGGREGATE group_concat(text) (SFUNC = holdall_concat_step, STYPE = text);

CREATE OR REPLACE FUNCTION holdall_concat_step(texts text, value text, between_them text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN value IS NULL THEN texts WHEN texts IS NULL THEN value
        ELSE texts || between_them || value END
$$;

CREATE OR REPLACE AGGREGATE group_concat(text, text) (SFUNC = holdall_concat_step, STYPE = text);

-- Flags are compared with 1 and 0.
CREATE OR REPLACE FUNCTION holdall_flag_is(flag boolean, value integer) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT flag::integer = value $$;

CREATE OR REPLACE FUNCTION holdall_flag_is_not(flag boolean, value integer) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT flag::integer <> value $$;

DO $$
BEGIN
    CREATE OPERATOR = (LEFTARG = boolean, RIGHTARG = integer, FUNCTION = holdall_flag_is);
    CREATE OPERATOR <> (LEFTARG = boolean, RIGHTARG = integer, FUNCTION = holdall_flag_is_not);
EXCEPTION WHEN duplicate_function THEN
    NULL;
END
$$;
