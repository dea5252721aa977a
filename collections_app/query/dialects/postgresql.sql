-- What SQLite does with values of any type, for PostgreSQL.
--
-- A value of any type is a jsonb number or string here, or NULL. All functions are strict where that is
-- what SQLite's are. Installed anew before each migration; nothing stored depends on them.

-- A number inside of JSON as ECMAScript writes it: 1e-7, 1e+21.
CREATE OR REPLACE FUNCTION holdall_json_number(value numeric) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    read double precision;
BEGIN
    IF char_length(value::text) < 16 AND value::text !~ '^-?0\.0{5}' THEN
        RETURN value::text;
    ELSIF abs(value) > 1.7976931348623157e308 THEN
        RETURN 'null';
    ELSIF abs(value) < 5e-324 THEN
        RETURN '0';
    END IF;
    read := value;
    IF abs(read) >= 1e-6 AND abs(read) < 1e21 OR read = 0 THEN
        RETURN trim_scale(read::text::numeric);
    END IF;
    RETURN regexp_replace(read::text, 'e([+-])0+', 'e\1');
END
$$;

CREATE OR REPLACE FUNCTION holdall_json_sorted(value jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    CASE jsonb_typeof(value)
        WHEN 'object' THEN
            RETURN '{' || COALESCE((
                SELECT string_agg(to_json(pair.key)::text || ':' || holdall_json_sorted(pair.value),
                    ',' ORDER BY pair.key COLLATE "C")
                FROM jsonb_each(value) AS pair), '') || '}';
        WHEN 'array' THEN
            RETURN '[' || COALESCE((
                SELECT string_agg(holdall_json_sorted(item), ',' ORDER BY place)
                FROM jsonb_array_elements(value) WITH ORDINALITY AS items(item, place)), '')
                || ']';
        WHEN 'number' THEN
            RETURN holdall_json_number(value::numeric);
        ELSE
            RETURN value::text;
    END CASE;
END
$$;

-- JSON as SQLite's columns have it: no blanks between the tokens, keys sorted. The first two are quick.
CREATE OR REPLACE FUNCTION holdall_json_text(value jsonb) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN value::text !~ '[{ ]|\d{16}|\.0{5}' THEN value::text
        WHEN value::text ~ '^\["[^"\\]*"(, "[^"\\]*")*\]$' THEN replace(value::text, '", "', '","')
        ELSE holdall_json_sorted(value)
    END
$$;

-- A parameter as JSON, read when a row comes to it: while a statement is planned nothing fails.
CREATE OR REPLACE FUNCTION holdall_late(value text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE PARALLEL SAFE AS $$
BEGIN
    RETURN value::jsonb;
END
$$;

-- What a column holds as JSON: a table's is jsonb, a view's may be of any type.
CREATE OR REPLACE FUNCTION holdall_json(value jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT value $$;

CREATE OR REPLACE FUNCTION holdall_json(value json) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT value::jsonb $$;

CREATE OR REPLACE FUNCTION holdall_json(value text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN value::jsonb;
EXCEPTION WHEN others THEN
    RETURN to_jsonb(value);
END
$$;

CREATE OR REPLACE FUNCTION holdall_json(value anyelement) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT to_jsonb(value) $$;

-- What json_extract gives: null is NULL, true 1, false 0, lists and objects are their text.
CREATE OR REPLACE FUNCTION holdall_scalar(value jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE jsonb_typeof(value)
        WHEN 'string' THEN value
        WHEN 'number' THEN value
        WHEN 'boolean' THEN CASE WHEN value::boolean THEN '1'::jsonb ELSE '0'::jsonb END
        WHEN 'null' THEN NULL
        ELSE to_jsonb(holdall_json_text(value))
    END
$$;

-- All of what a column holds, the same way. The text of what a view makes keeps its order of keys.
CREATE OR REPLACE FUNCTION holdall_whole(value jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT holdall_scalar(value) $$;

CREATE OR REPLACE FUNCTION holdall_whole(value text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF value ~ '^\s*[{\[]' AND value::jsonb IS NOT NULL THEN
        RETURN to_jsonb(regexp_replace(value, '("(\\.|[^"\\])*")|\s+', '\1', 'g'));
    END IF;
    RETURN holdall_scalar(holdall_json(value));
EXCEPTION WHEN others THEN
    RETURN to_jsonb(value);
END
$$;

CREATE OR REPLACE FUNCTION holdall_whole(value anyelement) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT holdall_scalar(holdall_json(value)) $$;

-- A number that is not kept as an integer as text: %!.15g.
CREATE OR REPLACE FUNCTION holdall_real_text(value double precision) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN value = 0 THEN '0.0'
        WHEN abs(value) >= 1e15 OR abs(value) < 1e-4
        THEN regexp_replace(
            regexp_replace(ltrim(to_char(value, '9.99999999999999EEEE')), '0+e', 'e'), '\.e', '.0e')
        -- of the values that are halfway between two of 15 digits these are the ones to be met
        WHEN abs(value) >= 1e14 THEN round(value::text::numeric)::text || '.0'
        WHEN value::numeric = trunc(value::numeric) THEN trunc(value::numeric)::text || '.0'
        ELSE trim_scale(value::numeric)::text
    END
$$;

-- A number as text: an integer where it is whole and fits 64 bits.
CREATE OR REPLACE FUNCTION holdall_number_text(value double precision) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN value = trunc(value) AND abs(value) < 9.2e18 THEN value::bigint::text
        ELSE holdall_real_text(value)
    END
$$;

-- Any value as text.
CREATE OR REPLACE FUNCTION holdall_text(value jsonb) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN jsonb_typeof(value) = 'string' THEN value #>> '{}'
        WHEN value::text ~ '^-?\d{1,18}$' THEN value::text
        ELSE holdall_real_text(value::double precision)
    END
$$;

-- A text that reads as a number becomes one; what does not stays.
CREATE OR REPLACE FUNCTION holdall_numeric(value text) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN value ~ '^[ \t\n\v\f\r]*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,4})?[ \t\n\v\f\r]*$'
            OR value ~ '^[ \t\n\v\f\r]*[-+]?(\d+\.?\d*|\.\d+)(E[-+]?\d{1,4})?[ \t\n\v\f\r]*$'
        THEN to_jsonb(btrim(value, E' \t\n\v\f\r')::numeric)
        ELSE to_jsonb(value)
    END
$$;

CREATE OR REPLACE FUNCTION holdall_numeric(value jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN jsonb_typeof(value) = 'string' THEN holdall_numeric(value #>> '{}') ELSE value
    END
$$;

-- The number that a value is or reads as, else NULL: what mathematical functions take.
CREATE OR REPLACE FUNCTION holdall_number(value jsonb) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN jsonb_typeof(holdall_numeric(value)) <> 'number' THEN NULL
        WHEN abs((holdall_numeric(value))::numeric) > 1.7e308 THEN 'Infinity'
        WHEN abs((holdall_numeric(value))::numeric) < 1e-300 THEN 0
        ELSE (holdall_numeric(value))::double precision
    END
$$;

-- The LIKE pattern of texts that contain one; it fails where SQLite's LIKE does.
CREATE OR REPLACE FUNCTION holdall_too_complex(value text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE EXCEPTION 'LIKE or GLOB pattern too complex' USING ERRCODE = 'program_limit_exceeded';
END
$$;

CREATE OR REPLACE FUNCTION holdall_containing(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN octet_length(value) > 49998 THEN holdall_too_complex(value)
        ELSE '%' || value || '%'
    END
$$;

-- Whether a value counts as true.
CREATE OR REPLACE FUNCTION holdall_truth(value jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN jsonb_typeof(value) = 'number' THEN value::numeric <> 0
        ELSE COALESCE(
            substring(value #>> '{}' FROM '^\s*([-+]?(?:\d+\.?\d*|\.\d+))'), '0')::numeric <> 0
    END
$$;

-- -1, 0 or 1: numbers come before text, text goes by its bytes.
CREATE OR REPLACE FUNCTION holdall_order(a jsonb, b jsonb) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN a = b THEN 0
        WHEN jsonb_typeof(a) <> jsonb_typeof(b)
        THEN CASE WHEN jsonb_typeof(a) = 'number' THEN -1 ELSE 1 END
        WHEN jsonb_typeof(a) = 'number'
        THEN CASE WHEN a::numeric < b::numeric THEN -1 ELSE 1 END
        WHEN (a #>> '{}') COLLATE "C" < (b #>> '{}') COLLATE "C" THEN -1
        ELSE 1
    END
$$;

-- Kilometres between two points in degrees.
CREATE OR REPLACE FUNCTION holdall_distance(
    lon_a double precision, lat_a double precision, lon_b double precision, lat_b double precision
) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN 'Infinity' IN (abs(lon_a), abs(lat_a), abs(lon_b), abs(lat_b)) THEN NULL
        ELSE 6371 * acos(least(1, greatest(-1,
            cos(radians(lat_a)) * cos(radians(lat_b)) * cos(radians(lon_b) - radians(lon_a))
            + sin(radians(lat_a)) * sin(radians(lat_b)))))
    END
$$;
