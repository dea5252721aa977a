-- SQLite's JSON functions of one value, for views. Made after those of postgresql_views.sql.
--
-- jsonb is what a column holds, to SQLite a text; json is what JSON functions make, whose keys have an order.

-- --- values into JSON and out of it ----------------------------------------------------------------

-- A value as it stands in JSON that is made of it.
CREATE OR REPLACE FUNCTION holdall_value(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT value $$;

CREATE OR REPLACE FUNCTION holdall_value(value boolean) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT value::integer $$;

CREATE OR REPLACE FUNCTION holdall_value(value jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT holdall_json_text(value) $$;

CREATE OR REPLACE FUNCTION holdall_value(value anyelement) RETURNS anyelement
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT value $$;

-- The same as the text of that JSON.
CREATE OR REPLACE FUNCTION holdall_member(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT COALESCE(to_json(value)::text, 'null') $$;

CREATE OR REPLACE FUNCTION holdall_member(value anyelement) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT COALESCE(to_json(holdall_value(value))::text, 'null')
$$;

-- What a function is given as JSON.
CREATE OR REPLACE FUNCTION holdall_read(value json) RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT value $$;

CREATE OR REPLACE FUNCTION holdall_read(value jsonb) RETURNS json
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT holdall_json_text(value)::json $$;

CREATE OR REPLACE FUNCTION holdall_read(value text) RETURNS json
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN value::json;
EXCEPTION WHEN others THEN
    RETURN to_json(value);
END
$$;

CREATE OR REPLACE FUNCTION holdall_read(value anyelement) RETURNS json
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$ SELECT to_json(holdall_value(value)) $$;

-- What json_extract gave and JSON is made of: a text that reads as a number is one, as it mostly was.
CREATE OR REPLACE FUNCTION holdall_guessed_scalar(value text) RETURNS json
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN value ~ '^-?(0|[1-9]\d{0,17})(\.\d+)?(e[-+]?\d{1,3})?$' THEN value::json
        ELSE to_json(value)
    END
$$;

CREATE OR REPLACE FUNCTION holdall_guessed_scalar(value anyelement) RETURNS json
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$ SELECT holdall_member(value)::json $$;

CREATE OR REPLACE FUNCTION holdall_guessed(value text) RETURNS json
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN value ~ '^[{\[]' THEN holdall_read(value) ELSE holdall_guessed_scalar(value) END
$$;

CREATE OR REPLACE FUNCTION holdall_guessed(value anyelement) RETURNS json
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$ SELECT holdall_member(value)::json $$;

-- What a query gets of JSON: a value, or the text of a list or object.
CREATE OR REPLACE FUNCTION holdall_json_scalar(value jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    CASE jsonb_typeof(value)
        WHEN 'string' THEN RETURN value #>> '{}';
        WHEN 'number' THEN RETURN holdall_text(value);
        WHEN 'boolean' THEN RETURN value::boolean::integer::text;
        WHEN 'null' THEN RETURN NULL;
        ELSE RETURN holdall_json_text(value);
    END CASE;
END
$$;

CREATE OR REPLACE FUNCTION holdall_json_scalar(value json) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    CASE json_typeof(value)
        WHEN 'string' THEN RETURN value #>> '{}';
        WHEN 'array', 'object' THEN RETURN holdall_to_text(value);
        ELSE RETURN holdall_json_scalar(value::jsonb);
    END CASE;
END
$$;

CREATE OR REPLACE FUNCTION holdall_as_json(value jsonb) RETURNS json
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT holdall_json_text(value)::json $$;

CREATE OR REPLACE FUNCTION holdall_as_json(value json) RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT value $$;

CREATE OR REPLACE FUNCTION holdall_as_json(value text) RETURNS json
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT value::json $$;

CREATE OR REPLACE FUNCTION holdall_as_json(value anyelement) RETURNS json
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$ SELECT to_json(holdall_value(value)) $$;

CREATE OR REPLACE FUNCTION holdall_json_quote(value text) RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT COALESCE(to_json(value), 'null') $$;

CREATE OR REPLACE FUNCTION holdall_json_quote(value anyelement) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT holdall_member(value)::json $$;

CREATE OR REPLACE FUNCTION holdall_json_valid(value jsonb) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT 1 $$;

CREATE OR REPLACE FUNCTION holdall_json_valid(value text) RETURNS integer
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    PERFORM value::jsonb;
    RETURN 1;
EXCEPTION WHEN others THEN
    RETURN 0;
END
$$;

CREATE OR REPLACE FUNCTION holdall_json_valid(value anyelement) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT 1 $$;

-- --- paths -----------------------------------------------------------------------------------------

-- $.a."b c"[0][#-1] as the steps of #>.
CREATE OR REPLACE FUNCTION holdall_steps(path text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT COALESCE(array_agg(COALESCE(step[1], step[2], step[3])), '{}')
    FROM regexp_matches(path, '\."([^"]*)"|\.([^.\[]+)|\[#?(-?\d+)\]', 'g') AS step
$$;

-- These are not strict, so that PostgreSQL writes them out and reads a constant path once.
CREATE OR REPLACE FUNCTION holdall_json_extract(value jsonb, path text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT holdall_json_scalar(value #> holdall_steps(path))
$$;

CREATE OR REPLACE FUNCTION holdall_json_extract(value json, path text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT holdall_json_scalar(value #> holdall_steps(path))
$$;

CREATE OR REPLACE FUNCTION holdall_json_extract(value text, path text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT holdall_json_scalar(holdall_read(value) #> holdall_steps(path))
$$;

-- The same, to make JSON of it.
CREATE OR REPLACE FUNCTION holdall_json_part(value json, path text) RETURNS json
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE json_typeof(value #> holdall_steps(path))
        WHEN 'null' THEN NULL
        WHEN 'boolean' THEN to_json((value #>> holdall_steps(path))::boolean::integer)
        ELSE value #> holdall_steps(path)
    END
$$;

CREATE OR REPLACE FUNCTION holdall_json_part(value jsonb, path text) RETURNS json
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_json_part(holdall_read(value), path)
$$;

CREATE OR REPLACE FUNCTION holdall_json_part(value text, path text) RETURNS json
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_json_part(holdall_read(value), path)
$$;

-- Of several paths: the list of what is there.
CREATE OR REPLACE FUNCTION holdall_json_extracts(value json, VARIADIC paths text[]) RETURNS json
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT json_agg(value #> holdall_steps(path) ORDER BY place)
    FROM unnest(paths) WITH ORDINALITY AS every(path, place)
$$;

CREATE OR REPLACE FUNCTION holdall_type_of(value jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    CASE jsonb_typeof(value)
        WHEN 'string' THEN RETURN 'text';
        WHEN 'boolean' THEN RETURN value::text;
        WHEN 'number' THEN RETURN CASE WHEN value::text LIKE '%.%' THEN 'real' ELSE 'integer' END;
        ELSE RETURN jsonb_typeof(value);
    END CASE;
END
$$;

CREATE OR REPLACE FUNCTION holdall_json_type(value jsonb, path text DEFAULT '$') RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT holdall_type_of(value #> holdall_steps(path)) $$;

CREATE OR REPLACE FUNCTION holdall_json_type(value text, path text DEFAULT '$') RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT holdall_type_of(value::jsonb #> holdall_steps(path))
$$;

CREATE OR REPLACE FUNCTION holdall_json_type(value anyelement, path text DEFAULT '$') RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_json_type(holdall_read(value)::jsonb, path)
$$;

-- The type that json_extract gives.
CREATE OR REPLACE FUNCTION holdall_typeof_extract(value anyelement, path text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE COALESCE(holdall_json_type(value, path), 'null')
        WHEN 'null' THEN 'null' WHEN 'true' THEN 'integer' WHEN 'false' THEN 'integer'
        WHEN 'integer' THEN 'integer' WHEN 'real' THEN 'real' ELSE 'text' END
$$;

CREATE OR REPLACE FUNCTION holdall_typeof_extract(value text, path text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT holdall_typeof_extract(holdall_read(value), path)
$$;

CREATE OR REPLACE FUNCTION holdall_json_array_length(value jsonb, path text DEFAULT '$')
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN jsonb_typeof(value #> holdall_steps(path)) = 'array'
        THEN jsonb_array_length(value #> holdall_steps(path))
        WHEN value #> holdall_steps(path) IS NOT NULL THEN 0
    END
$$;

CREATE OR REPLACE FUNCTION holdall_json_array_length(value text, path text DEFAULT '$')
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT holdall_json_array_length(holdall_json(value), path)
$$;

CREATE OR REPLACE FUNCTION holdall_json_array_length(value anyelement, path text DEFAULT '$')
RETURNS integer
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_json_array_length(holdall_read(value)::jsonb, path)
$$;

-- The right side of an arrow: a path, a key, or the place of an item.
CREATE OR REPLACE FUNCTION holdall_at(value jsonb, path text) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN path LIKE '$%' THEN value #> holdall_steps(path)
        WHEN jsonb_typeof(value) = 'object' THEN value #> ARRAY[path] END
$$;

CREATE OR REPLACE FUNCTION holdall_at(value json, path text) RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN path LIKE '$%' THEN value #> holdall_steps(path)
        WHEN json_typeof(value) = 'object' THEN value #> ARRAY[path] END
$$;

CREATE OR REPLACE FUNCTION holdall_at(value jsonb, place integer) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN jsonb_typeof(value) = 'array' THEN value OPERATOR(pg_catalog.->) place END
$$;

CREATE OR REPLACE FUNCTION holdall_at(value json, place integer) RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN json_typeof(value) = 'array' THEN value OPERATOR(pg_catalog.->) place END
$$;

DO $$
DECLARE
    kind text;
    side text;
    read text;
    made text[];
BEGIN
    FOREACH kind IN ARRAY ARRAY['text', 'json', 'jsonb'] LOOP
        FOREACH side IN ARRAY ARRAY['text', 'integer'] LOOP
            read := CASE kind WHEN 'text' THEN 'holdall_read(value)' ELSE 'value' END;
            EXECUTE format(
                'CREATE OR REPLACE FUNCTION holdall_arrow(value %s, path %s) RETURNS json'
                ' LANGUAGE sql IMMUTABLE PARALLEL SAFE AS'
                ' ''SELECT holdall_as_json(holdall_at(%s, path))''', kind, side, read);
            EXECUTE format(
                'CREATE OR REPLACE FUNCTION holdall_long_arrow(value %s, path %s) RETURNS text'
                ' LANGUAGE sql IMMUTABLE PARALLEL SAFE AS'
                ' ''SELECT holdall_json_scalar(holdall_at(%s, path))''', kind, side, read);
            FOREACH made SLICE 1 IN ARRAY ARRAY[['->', 'arrow'], ['->>', 'long_arrow']] LOOP
                BEGIN
                    EXECUTE format(
                        'CREATE OPERATOR %s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = holdall_%s)',
                        made[1], kind, side, made[2]);
                EXCEPTION WHEN duplicate_function THEN NULL;
                END;
            END LOOP;
        END LOOP;
    END LOOP;
END
$$;
