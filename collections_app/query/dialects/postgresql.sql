-- What SQLite does with values of any type, for PostgreSQL.
--
-- A value of any type is a jsonb number or string here, or NULL. All functions are strict where that is
-- what SQLite's are. Installed anew before each migration; nothing stored depends on them.

-- JSON as SQLite writes it: no blanks between the tokens.
CREATE OR REPLACE FUNCTION holdall_json_text(value jsonb) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(value::text, '("(\\.|[^"\\])*")|\s+', '\1', 'g')
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

-- Milliseconds since the Julian epoch of a day of the (proleptic) Gregorian calendar.
CREATE OR REPLACE FUNCTION holdall_julian(years bigint, months bigint, days bigint) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    y bigint := years;
    m bigint := months;
    a bigint;
BEGIN
    IF m <= 2 THEN
        y := y - 1;
        m := m + 12;
    END IF;
    a := y / 100;
    RETURN ((36525 * (y + 4716) / 100 + 306001 * (m + 1) / 10000 + days + 2 - a + a / 4)
            - 1524.5) * 86400000;
END
$$;

-- The day of such a moment.
CREATE OR REPLACE FUNCTION holdall_day(
    moment bigint, OUT years bigint, OUT months bigint, OUT days bigint
)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    z bigint := (moment + 43200000) / 86400000;
    a bigint := trunc((z - 1867216.25) / 36524.25);
    b bigint;
    c bigint;
    d bigint;
    e bigint;
BEGIN
    b := z + 1 + a - a / 4 + 1524;
    c := trunc((b - 122.1) / 365.25);
    d := 36525 * (c & 32767) / 100;
    e := trunc((b - d) / 30.6001);
    days := b - d - trunc(30.6001 * e)::bigint;
    months := CASE WHEN e < 14 THEN e - 1 ELSE e - 13 END;
    years := CASE WHEN months > 2 THEN c - 4716 ELSE c - 4715 END;
END
$$;

-- Whether a moment lies within the years that have days: -4713 to 9999.
CREATE OR REPLACE FUNCTION holdall_is_moment(moment bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT moment BETWEEN 0 AND 464269060799999
$$;

-- Whether a moment lies on such a day; the first of them begins before the first moment.
CREATE OR REPLACE FUNCTION holdall_has_day(moment bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT moment BETWEEN -43200000 AND 464269060799999
$$;

-- Seconds since 1970 as a moment; NULL if it is none.
CREATE OR REPLACE FUNCTION holdall_epoch(seconds double precision) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN seconds BETWEEN -210866760000 AND 253402300799.999
        THEN trunc(seconds * 1000.0 + 210866760000000.0 + 0.5)::bigint END
$$;

-- A time of day with an offset behind it, in milliseconds; NULL if it is none.
CREATE OR REPLACE FUNCTION holdall_clock(value text) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    part text[] := regexp_match(value,
        '^(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?[ \t\n\v\f\r]*(?:([-+])(\d\d):(\d\d)|[zZ])?[ \t\n\v\f\r]*$');
    offset_ms bigint := 0;
BEGIN
    IF part IS NULL OR part[1]::int > 24 OR part[2]::int > 59 OR part[3]::int > 59
        OR part[6]::int > 14 OR part[7]::int > 59
    THEN
        RETURN NULL;
    END IF;
    IF part[5] IS NOT NULL THEN
        offset_ms := (part[6]::bigint * 60 + part[7]::bigint) * 60000;
        IF part[5] = '-' THEN
            offset_ms := -offset_ms;
        END IF;
    END IF;
    RETURN part[1]::bigint * 3600000 + part[2]::bigint * 60000
        + trunc((COALESCE(part[3], '0')::bigint + COALESCE('0' || part[4], '0')::double precision)
                * 1000 + 0.5)::bigint
        - offset_ms;
END
$$;

-- A text or number as a moment, before any modifier; NULL if it is none.
CREATE OR REPLACE FUNCTION holdall_moment(value jsonb) RETURNS bigint
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    t text := holdall_text(value);
    part text[];
    number double precision;
    clock bigint := 0;
BEGIN
    IF jsonb_typeof(value) = 'string' THEN
        part := regexp_match(t, '^(-?)(\d{4})-(\d\d)-(\d\d)(.*)$');
        IF part IS NOT NULL THEN
            IF part[3]::int NOT BETWEEN 1 AND 12 OR part[4]::int NOT BETWEEN 1 AND 31 THEN
                RETURN NULL;
            END IF;
            t := regexp_replace(part[5], '^[ \t\n\v\f\rT]*', '');
            IF t <> '' THEN
                clock := holdall_clock(t);
            END IF;
            RETURN holdall_julian((part[1] || part[2])::bigint, part[3]::bigint, part[4]::bigint)
                + clock;
        END IF;
        clock := holdall_clock(t);
        IF clock IS NOT NULL THEN
            RETURN holdall_julian(2000, 1, 1) + clock;
        END IF;
        IF lower(t) = 'now' THEN
            RETURN trunc(extract(epoch FROM clock_timestamp()) * 1000)::bigint + 210866760000000;
        END IF;
    END IF;
    number := holdall_number(value);
    IF number >= 0 AND number < 5373484.5 THEN
        RETURN trunc(number * 86400000.0 + 0.5)::bigint;
    END IF;
    RETURN NULL;
END
$$;

-- A moment changed by one modifier; NULL if it is none.
CREATE OR REPLACE FUNCTION holdall_modified(moment bigint, modifier text) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    word text := lower(modifier);
    part text[];
    at record;
    clock bigint := (moment + 43200000) % 86400000;
    number double precision;
    months bigint;
    years bigint;
    unit double precision;
    day bigint;
BEGIN
    IF word IN ('utc', 'localtime') THEN
        RETURN moment;
    END IF;
    part := regexp_match(word, '^start of (month|year|day)$');
    IF part IS NOT NULL THEN
        IF NOT holdall_has_day(moment) THEN
            RETURN NULL;
        END IF;
        at := holdall_day(moment);
        RETURN CASE part[1]
            WHEN 'day' THEN holdall_julian(at.years, at.months, at.days)
            WHEN 'month' THEN holdall_julian(at.years, at.months, 1)
            ELSE holdall_julian(at.years, 1, 1)
        END;
    END IF;
    part := regexp_match(word, '^weekday +([0-6])(?:\.0*)?$');
    IF part IS NOT NULL THEN
        IF NOT holdall_has_day(moment) THEN
            RETURN NULL;
        END IF;
        day := (moment + 129600000) / 86400000 % 7;
        IF day > part[1]::bigint THEN
            day := day - 7;
        END IF;
        RETURN moment + (part[1]::bigint - day) * 86400000;
    END IF;
    part := regexp_match(word, '^([-+])(\d\d:\d\d(?::\d\d(?:\.\d+)?)?)$');
    IF part IS NOT NULL THEN
        RETURN moment
            + CASE part[1] WHEN '-' THEN -1 ELSE 1 END * holdall_clock(part[2]);
    END IF;
    part := regexp_match(
        word,
        '^([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d{1,3})?)[ \t\n\v\f\r]+(second|minute|hour|day|month|year)s?$');
    IF part IS NULL THEN
        RETURN NULL;
    END IF;
    number := part[1]::double precision;
    unit := CASE part[2]
        WHEN 'second' THEN 1000.0
        WHEN 'minute' THEN 60000.0
        WHEN 'hour' THEN 3600000.0
        WHEN 'day' THEN 86400000.0
        WHEN 'month' THEN 2592000000.0
        ELSE 31536000000.0
    END;
    IF abs(number) >= (CASE part[2]
        WHEN 'second' THEN 464269060800.0
        WHEN 'minute' THEN 7737817680.0
        WHEN 'hour' THEN 128963628.0
        WHEN 'day' THEN 5373485.0
        WHEN 'month' THEN 176546.0
        ELSE 14713.0
    END) THEN
        RETURN NULL;
    END IF;
    IF part[2] IN ('month', 'year') THEN
        IF NOT holdall_has_day(moment) THEN
            RETURN NULL;
        END IF;
        at := holdall_day(moment);
        months := at.months;
        years := at.years;
        IF part[2] = 'month' THEN
            months := months + trunc(number)::bigint;
            day := CASE
                WHEN months > 0 THEN (months - 1) / 12 ELSE (months - 12) / 12
            END;
            years := years + day;
            months := months - day * 12;
        ELSE
            years := years + trunc(number)::bigint;
        END IF;
        IF years NOT BETWEEN -4713 AND 9999 THEN
            RETURN NULL;
        END IF;
        RETURN holdall_julian(years, months, at.days) + clock
            + trunc((number - trunc(number)) * unit + sign(number) * 0.5)::bigint;
    END IF;
    RETURN moment + trunc(number * unit + CASE WHEN number < 0 THEN -0.5 ELSE 0.5 END)::bigint;
END
$$;

-- SQLite's strftime.
CREATE OR REPLACE FUNCTION holdall_strftime(format text, value jsonb, modifiers text[]) RETURNS text
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    moment bigint;
    modifier text;
    is_first boolean := true;
    number double precision := holdall_number(value);
    at record;
    day_ms bigint;
    of_year bigint;
    sign text := '';
    out text := '';
    rest text := format;
    here int;
    letter text;
BEGIN
    moment := holdall_moment(value);
    FOREACH modifier IN ARRAY modifiers LOOP
        IF is_first AND number IS NOT NULL AND lower(modifier) = 'unixepoch' THEN
            moment := holdall_epoch(number);
        ELSIF is_first AND number IS NOT NULL AND lower(modifier) = 'auto' THEN
            IF number NOT BETWEEN 0 AND 5373484.499999 THEN
                moment := holdall_epoch(number);
            END IF;
        ELSIF is_first AND (
            lower(modifier) = 'auto' OR (number IS NOT NULL AND lower(modifier) = 'julianday')
        ) THEN
            NULL;
        ELSE
            moment := holdall_modified(moment, modifier);
        END IF;
        IF moment IS NULL THEN
            RETURN NULL;
        END IF;
        is_first := false;
    END LOOP;
    IF moment IS NULL OR NOT holdall_is_moment(moment) THEN
        RETURN NULL;
    END IF;
    at := holdall_day(moment);
    day_ms := (moment + 43200000) % 86400000;
    of_year := (moment + 43200000) / 86400000
        - (holdall_julian(at.years, 1, 1) + 43200000) / 86400000;
    LOOP
        here := position('%' IN rest);
        EXIT WHEN here = 0;
        out := out || left(rest, here - 1);
        letter := substr(rest, here + 1, 1);
        rest := substr(rest, here + 2);
        out := out || CASE letter
            WHEN 'd' THEN lpad(at.days::text, 2, '0')
            WHEN 'f' THEN to_char(least(day_ms % 60000 / 1000.0, 59.999), 'FM00.000')
            WHEN 'H' THEN lpad((day_ms / 3600000)::text, 2, '0')
            WHEN 'j' THEN lpad((of_year + 1)::text, 3, '0')
            WHEN 'J' THEN holdall_julian_text(moment)
            WHEN 'm' THEN lpad(at.months::text, 2, '0')
            WHEN 'M' THEN lpad((day_ms / 60000 % 60)::text, 2, '0')
            WHEN 's' THEN floor(moment / 1000 - 210866760000)::bigint::text
            WHEN 'S' THEN lpad((day_ms % 60000 / 1000)::text, 2, '0')
            WHEN 'w' THEN ((moment + 129600000) / 86400000 % 7)::text
            WHEN 'W' THEN lpad(
                ((of_year + 7 - (moment + 43200000) / 86400000 % 7) / 7)::text, 2, '0')
            WHEN 'Y' THEN CASE
                WHEN at.years < 0 THEN '-' || lpad((-at.years)::text, 4, '0')
                ELSE lpad(at.years::text, 4, '0')
            END
            WHEN '%' THEN '%'
        END;
        IF out IS NULL THEN
            RETURN NULL;
        END IF;
    END LOOP;
    RETURN out || rest;
END
$$;

-- %J: the Julian day in 16 digits.
CREATE OR REPLACE FUNCTION holdall_julian_text(moment bigint) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN moment BETWEEN 1 AND 8639
        THEN regexp_replace(
            ltrim(to_char(moment / 86400000.0, '9.999999999999999EEEE')), '\.?0*e', 'e')
        ELSE trim_scale(round((moment / 86400000.0)::numeric, 16 - greatest(
            length(trunc(moment / 86400000.0)::text), 1)))::text
    END
$$;
