-- SQLite's strftime (as of 3.46) for PostgreSQL.
--
-- A moment is milliseconds since the Julian epoch. SQLite does not count a date or time of day as a moment
-- before it has to, so that 24:00 or the 30th of February stays what was written; a time does the same.

DO $$
BEGIN
    CREATE TYPE holdall_time AS (
        moment bigint,            -- NULL until it is counted
        years bigint,             -- the day as written or counted, or three times NULL
        months bigint,
        days bigint,
        clock bigint,             -- milliseconds into the day, or NULL
        seconds double precision, -- of the clock's minute
        zone bigint,              -- milliseconds ahead of UTC
        number double precision,  -- what may yet be read in another way, or NULL; NaN cannot be read
        excess bigint,            -- days beyond the end of the month
        is_utc boolean,
        with_ms boolean
    );
EXCEPTION WHEN duplicate_object THEN
    NULL;
END
$$;

-- What is no time, whatever is done to it.
CREATE OR REPLACE FUNCTION holdall_no_time() RETURNS holdall_time
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    t holdall_time;
BEGIN
    t.number := 'NaN';
    RETURN t;
END
$$;

-- The moment at which a day of the (proleptic) Gregorian calendar begins.
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
    a := (y + 4800) / 100;
    RETURN ((36525 * (y + 4716) / 100 + 306001 * (m + 1) / 10000 + days + 38 - a + a / 4)
            - 1524.5) * 86400000;
END
$$;

-- The day that a moment lies in.
CREATE OR REPLACE FUNCTION holdall_day(
    moment bigint, OUT years bigint, OUT months bigint, OUT days bigint
)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    z bigint := (moment + 43200000) / 86400000;
    a bigint := trunc((z + 32044.75) / 36524.25) - 52;
    b bigint := z + 26 + a - (a + 100) / 4 + 1524;
    c bigint := trunc((b - 122.1) / 365.25);
    d bigint := 36525 * (c & 32767) / 100;
    e bigint := trunc((b - d) / 30.6001);
BEGIN
    days := b - d - trunc(30.6001 * e)::bigint;
    months := CASE WHEN e < 14 THEN e - 1 ELSE e - 13 END;
    years := CASE WHEN months > 2 THEN c - 4716 ELSE c - 4715 END;
END
$$;

-- Whether a moment lies within the years that are known: -4713 to 9999.
CREATE OR REPLACE FUNCTION holdall_is_moment(moment bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT moment BETWEEN 0 AND 464269060799999
$$;

-- A time with its moment counted.
CREATE OR REPLACE FUNCTION holdall_counted(t holdall_time) RETURNS holdall_time
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF t.moment IS NOT NULL THEN
        RETURN t;
    END IF;
    IF t.number IS NOT NULL OR t.years NOT BETWEEN -4713 AND 9999 THEN
        RETURN holdall_no_time();
    END IF;
    t.moment := COALESCE(holdall_julian(t.years, t.months, t.days), holdall_julian(2000, 1, 1))
        + COALESCE(t.clock, 0);
    IF t.zone <> 0 AND t.clock IS NOT NULL THEN
        t.moment := t.moment - t.zone;
        t.is_utc := true;
        t := holdall_unwritten(t);
    END IF;
    RETURN t;
END
$$;

-- A time that goes by its moment alone.
CREATE OR REPLACE FUNCTION holdall_unwritten(t holdall_time) RETURNS holdall_time
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    t.years := NULL;
    t.months := NULL;
    t.days := NULL;
    t.clock := NULL;
    t.zone := 0;
    RETURN t;
END
$$;

-- A time with its day.
CREATE OR REPLACE FUNCTION holdall_with_day(t holdall_time) RETURNS holdall_time
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    at record;
BEGIN
    IF t.years IS NOT NULL THEN
        RETURN t;
    END IF;
    IF NOT holdall_is_moment(t.moment) THEN
        RETURN holdall_no_time();
    END IF;
    at := holdall_day(COALESCE(t.moment, holdall_julian(2000, 1, 1)));
    t.years := at.years;
    t.months := at.months;
    t.days := at.days;
    RETURN t;
END
$$;

-- A time with its day and its time of day.
CREATE OR REPLACE FUNCTION holdall_with_clock(t holdall_time) RETURNS holdall_time
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    t := holdall_with_day(t);
    IF t.clock IS NULL THEN
        t := holdall_counted(t);
        IF t.moment IS NULL THEN
            RETURN t;
        END IF;
        t.clock := (t.moment + 43200000) % 86400000;
        t.seconds := t.clock % 60000 / 1000.0;
        t.number := NULL;
    END IF;
    RETURN t;
END
$$;

-- By how many days a day lies beyond the end of its month.
CREATE OR REPLACE FUNCTION holdall_excess(years bigint, months bigint, days bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN days <= 28 OR months IN (1, 3, 5, 7, 8, 10, 12) THEN 0
        WHEN months <> 2 THEN (days = 31)::integer
        WHEN years % 4 <> 0 OR (years % 100 = 0 AND years % 400 <> 0) THEN days - 28
        ELSE days - 29
    END
$$;

-- A time with months added to it, its day and its clock being there.
CREATE OR REPLACE FUNCTION holdall_months_later(t holdall_time, number bigint) RETURNS holdall_time
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    more bigint;
BEGIN
    t.months := t.months + number;
    more := CASE WHEN t.months > 0 THEN t.months - 1 ELSE t.months - 12 END / 12;
    t.years := t.years + more;
    t.months := t.months - more * 12;
    t.excess := holdall_excess(t.years, t.months, t.days);
    t.moment := NULL;
    RETURN holdall_counted(t);
END
$$;

-- A time of day with its zone; NULL if the text is none.
CREATE OR REPLACE FUNCTION holdall_clock(value text) RETURNS holdall_time
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    part text[] := regexp_match(value,
        '^(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?[ \t\n\v\f\r]*(?:([-+])(\d\d):(\d\d)|([zZ]))?[ \t\n\v\f\r]*$');
    t holdall_time;
BEGIN
    IF part IS NULL OR part[1]::int > 24 OR part[2]::int > 59 OR part[3]::int > 59
        OR part[6]::int > 14 OR part[7]::int > 59
    THEN
        RETURN NULL;
    END IF;
    t.seconds := COALESCE(part[3], '0')::double precision
        + least(COALESCE('0' || part[4], '0')::double precision, 0.999);
    t.clock := part[1]::bigint * 3600000 + part[2]::bigint * 60000
        + trunc(t.seconds * 1000 + 0.5)::bigint;
    t.zone := COALESCE((part[5] || '1')::bigint * (part[6]::bigint * 60 + part[7]::bigint) * 60000, 0);
    t.is_utc := part[8] IS NOT NULL OR (part[5] IS NOT NULL AND t.zone = 0);
    RETURN t;
END
$$;

-- The time that a text or number says.
CREATE OR REPLACE FUNCTION holdall_time_of(value jsonb) RETURNS holdall_time
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    words text := holdall_text(value);
    part text[];
    t holdall_time;
BEGIN
    IF jsonb_typeof(value) = 'string' THEN
        part := regexp_match(words, '^(-?\d{4})-(\d\d)-(\d\d)[ \t\n\v\f\rT]*(.*)$');
        t := holdall_clock(COALESCE(part[4], words));
        IF part IS NOT NULL THEN
            IF (t.clock IS NULL AND part[4] <> '')
                OR part[2]::int NOT BETWEEN 1 AND 12 OR part[3]::int NOT BETWEEN 1 AND 31
            THEN
                RETURN holdall_no_time();
            END IF;
            t.years := part[1]::bigint;
            t.months := part[2]::bigint;
            t.days := part[3]::bigint;
            t.excess := holdall_excess(t.years, t.months, t.days);
            RETURN CASE WHEN t.zone <> 0 THEN holdall_counted(t) ELSE t END;
        ELSIF t.clock IS NOT NULL THEN
            RETURN t;
        ELSIF lower(words) IN ('now', 'subsec', 'subsecond') THEN
            t.moment := trunc(extract(epoch FROM clock_timestamp()) * 1000)::bigint + 210866760000000;
            t.is_utc := true;
            t.with_ms := lower(words) <> 'now';
            RETURN t;
        END IF;
    END IF;
    t.number := COALESCE(holdall_number(value), 'NaN');
    IF t.number >= 0 AND t.number < 5373484.5 THEN
        t.moment := trunc(t.number * 86400000.0 + 0.5)::bigint;
    END IF;
    RETURN t;
END
$$;

-- A time whose number counts seconds since 1970.
CREATE OR REPLACE FUNCTION holdall_of_epoch(t holdall_time) RETURNS holdall_time
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    t.moment := trunc(t.number * 1000.0 + 210866760000000.0 + 0.5)::bigint;
    t.number := NULL;
    RETURN t;
END
$$;

-- A time with a number of units added to it.
CREATE OR REPLACE FUNCTION holdall_later(t holdall_time, number double precision, unit text)
RETURNS holdall_time
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    whole bigint;
    seconds double precision;
    below double precision;
BEGIN
    SELECT units.seconds, units.below INTO seconds, below
    FROM (VALUES
        ('second', 1.0, 4.6427e14), ('minute', 60.0, 7.7379e12), ('hour', 3600.0, 1.2897e11),
        ('day', 86400.0, 5373485.0), ('month', 2592000.0, 176546.0), ('year', 31536000.0, 14713.0)
    ) AS units(name, seconds, below)
    WHERE name = unit;
    IF (abs(number) < below) IS NOT TRUE THEN
        RETURN holdall_no_time();
    END IF;
    t := holdall_counted(t);
    t.excess := 0;
    IF unit IN ('month', 'year') THEN
        whole := trunc(number)::bigint;
        number := number - whole;
        t := holdall_months_later(
            holdall_with_clock(t), whole * CASE unit WHEN 'year' THEN 12 ELSE 1 END);
    END IF;
    t.moment := t.moment
        + trunc(number * 1000.0 * seconds + CASE WHEN number < 0 THEN -0.5 ELSE 0.5 END)::bigint;
    RETURN holdall_unwritten(t);
END
$$;

-- A time changed by one modifier.
CREATE OR REPLACE FUNCTION holdall_modified(t holdall_time, modifier text, is_first boolean)
RETURNS holdall_time
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    word text := lower(modifier);
    part text[];
    number double precision;
    sign bigint;
    day bigint;
    utc holdall_time;
BEGIN
    IF word = 'auto' AND is_first THEN
        IF t.moment IS NOT NULL THEN
            t.number := NULL;
        ELSIF t.number BETWEEN -210866760000 AND 253402300799 THEN
            t := holdall_of_epoch(t);
        END IF;
        RETURN t;
    ELSIF word = 'julianday' AND is_first AND t.number IS NOT NULL AND t.moment IS NOT NULL THEN
        t.number := NULL;
        RETURN t;
    ELSIF word = 'unixepoch' AND is_first AND t.number * 1000.0 + 210866760000000.0 >= 0
        AND t.number * 1000.0 + 210866760000000.0 < 464269060800000.0
    THEN
        RETURN holdall_of_epoch(t);
    ELSIF word IN ('subsec', 'subsecond') THEN
        t.with_ms := true;
        RETURN t;
    ELSIF word = 'localtime' THEN
        t := holdall_unwritten(holdall_counted(t));
        t.is_utc := false;
        RETURN t;
    ELSIF word = 'utc' THEN
        IF t.is_utc THEN
            RETURN t;
        END IF;
        t := holdall_counted(t);
        IF t.moment IS NULL THEN
            RETURN t;
        END IF;
        utc.moment := t.moment;
        utc.is_utc := true;
        RETURN utc;
    ELSIF word IN ('ceiling', 'floor') THEN
        t := holdall_unwritten(holdall_counted(t));
        IF word = 'floor' THEN
            t.moment := t.moment - COALESCE(t.excess, 0) * 86400000;
        ELSE
            t.excess := 0;
        END IF;
        RETURN t;
    END IF;
    part := regexp_match(word, '^start of (month|year|day)$');
    IF part IS NOT NULL THEN
        IF COALESCE(t.moment, t.years, t.clock) IS NULL THEN
            RETURN holdall_no_time();
        END IF;
        t := holdall_with_day(t);
        IF t.years IS NULL THEN
            RETURN t;
        END IF;
        t.days := CASE part[1] WHEN 'day' THEN t.days ELSE 1 END;
        t.months := CASE part[1] WHEN 'year' THEN 1 ELSE t.months END;
        t.clock := 0;
        t.seconds := 0;
        t.zone := 0;
        t.number := NULL;
        t.moment := NULL;
        RETURN t;
    END IF;
    IF word LIKE 'weekday %' THEN
        number := holdall_number(to_jsonb(substr(word, 9)));
        IF number IN (0, 1, 2, 3, 4, 5, 6) IS NOT TRUE THEN
            RETURN holdall_no_time();
        END IF;
        t := holdall_with_clock(t);
        t.zone := 0;
        t.moment := NULL;
        t := holdall_unwritten(holdall_counted(t));
        day := (t.moment + 129600000) / 86400000 % 7;
        t.moment := t.moment + (number::bigint - day + CASE WHEN day > number THEN 7 ELSE 0 END) * 86400000;
        RETURN t;
    END IF;
    part := regexp_match(word, '^([-+]?)(\d\d:.*)$');
    IF part IS NOT NULL THEN
        RETURN holdall_clock_later(t, part[1], part[2]);
    END IF;
    part := regexp_match(
        word, '^([-+])0*(\d{4})-(\d\d)-(\d\d)(?:[ \t\n\v\f\r](.*))?$');
    IF word ~ '^[-+]\d{4,5}-' THEN
        IF part IS NULL OR part[3]::int > 11 OR part[4]::int > 30 THEN
            RETURN holdall_no_time();
        END IF;
        sign := (part[1] || '1')::bigint;
        t := holdall_months_later(
            holdall_with_clock(t), sign * (part[2]::bigint * 12 + part[3]::bigint));
        t := holdall_unwritten(t);
        t.moment := t.moment + sign * part[4]::bigint * 86400000;
        IF part[5] IS NOT NULL THEN
            t := holdall_clock_later(t, part[1], part[5]);
        END IF;
        RETURN t;
    END IF;
    part := regexp_match(
        word, '^([-+]?\d[^ \t\n\v\f\r]*|[-+]\.\d[^ \t\n\v\f\r]*)[ \t\n\v\f\r]+([a-z]+?)s?$');
    RETURN holdall_later(t, holdall_number(to_jsonb(part[1])), part[2]);
END
$$;

-- A time with a time of day added to it, or taken from it.
CREATE OR REPLACE FUNCTION holdall_clock_later(t holdall_time, sign text, clock text)
RETURNS holdall_time
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    added holdall_time := holdall_clock(clock);
BEGIN
    IF added.clock IS NULL THEN
        RETURN holdall_no_time();
    END IF;
    t := holdall_unwritten(holdall_counted(t));
    t.moment := t.moment
        + CASE sign WHEN '-' THEN -1 ELSE 1 END
        * ((added.clock - added.zone + 86400000) % 86400000);
    RETURN t;
END
$$;

-- SQLite's strftime.
CREATE OR REPLACE FUNCTION holdall_strftime(format text, value jsonb, modifiers text[]) RETURNS text
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    t holdall_time := holdall_time_of(value);
    modifier text;
    is_first boolean := true;
    of_year bigint;
    of_week bigint;
    after_sunday bigint;
    hours bigint;
    thursday holdall_time;
    out text := '';
    rest text := format;
    here int;
    letter text;
BEGIN
    FOREACH modifier IN ARRAY modifiers LOOP
        t := holdall_modified(t, modifier, is_first);
        is_first := false;
    END LOOP;
    t := holdall_counted(t);
    IF t.moment IS NULL OR NOT holdall_is_moment(t.moment) THEN
        RETURN NULL;
    END IF;
    IF is_first AND t.days > 28 THEN
        t.years := NULL;
    END IF;
    t := holdall_with_clock(t);
    hours := t.clock / 3600000;
    of_week := (t.moment + 43200000) / 86400000 % 7;
    after_sunday := (of_week + 1) % 7;
    of_year := holdall_day_of_year(t);
    LOOP
        here := position('%' IN rest);
        EXIT WHEN here = 0;
        out := out || left(rest, here - 1);
        letter := substr(rest, here + 1, 1);
        rest := substr(rest, here + 2);
        IF letter IN ('G', 'g', 'V') THEN
            thursday := holdall_unwritten(t);
            thursday.moment := t.moment + (3 - of_week) * 86400000;
            thursday := holdall_with_clock(thursday);
        END IF;
        out := out || CASE letter
            WHEN 'd' THEN lpad(t.days::text, 2, '0')
            WHEN 'e' THEN lpad(t.days::text, 2)
            WHEN 'f' THEN to_char(t.seconds, 'FM00.000')
            WHEN 'F' THEN holdall_padded(t.years, 4)
                || '-' || lpad(t.months::text, 2, '0') || '-' || lpad(t.days::text, 2, '0')
            WHEN 'G' THEN holdall_padded(thursday.years, 4)
            WHEN 'g' THEN holdall_padded(thursday.years % 100, 2)
            WHEN 'H' THEN lpad(hours::text, 2, '0')
            WHEN 'k' THEN lpad(hours::text, 2)
            WHEN 'I' THEN lpad(((hours + 11) % 12 + 1)::text, 2, '0')
            WHEN 'l' THEN lpad(((hours + 11) % 12 + 1)::text, 2)
            WHEN 'j' THEN lpad((of_year + 1)::text, 3, '0')
            WHEN 'J' THEN holdall_julian_text(t.moment)
            WHEN 'm' THEN lpad(t.months::text, 2, '0')
            WHEN 'M' THEN lpad((t.clock / 60000 % 60)::text, 2, '0')
            WHEN 'p' THEN CASE WHEN hours >= 12 THEN 'PM' ELSE 'AM' END
            WHEN 'P' THEN CASE WHEN hours >= 12 THEN 'pm' ELSE 'am' END
            WHEN 'R' THEN lpad(hours::text, 2, '0') || ':' || lpad((t.clock / 60000 % 60)::text, 2, '0')
            WHEN 's' THEN CASE
                WHEN t.with_ms THEN round((t.moment - 210866760000000) / 1000.0, 3)::text
                ELSE (t.moment / 1000 - 210866760000)::text
            END
            WHEN 'S' THEN lpad((t.clock / 1000 % 60)::text, 2, '0')
            WHEN 'T' THEN lpad(hours::text, 2, '0') || ':' || lpad((t.clock / 60000 % 60)::text, 2, '0')
                || ':' || lpad((t.clock / 1000 % 60)::text, 2, '0')
            WHEN 'u' THEN (of_week + 1)::text
            WHEN 'U' THEN lpad(((of_year - after_sunday + 7) / 7)::text, 2, '0')
            WHEN 'V' THEN lpad((holdall_day_of_year(thursday) / 7 + 1)::text, 2, '0')
            WHEN 'w' THEN after_sunday::text
            WHEN 'W' THEN lpad(((of_year - of_week + 7) / 7)::text, 2, '0')
            WHEN 'Y' THEN holdall_padded(t.years, 4)
            WHEN '%' THEN '%'
        END;
        IF out IS NULL THEN
            RETURN NULL;
        END IF;
    END LOOP;
    RETURN out || rest;
END
$$;

-- How many days of its year a counted time has behind it.
CREATE OR REPLACE FUNCTION holdall_day_of_year(t holdall_time) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (t.moment - holdall_julian(t.years, 1, 1) - t.clock + 43200000) / 86400000
$$;

-- A number with zeros in front, its sign counted.
CREATE OR REPLACE FUNCTION holdall_padded(number bigint, width integer) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN number < 0 THEN '-' || lpad(abs(number)::text, greatest(
            width - 1, length(abs(number)::text)), '0')
        ELSE lpad(number::text, greatest(width, length(number::text)), '0') END
$$;

-- %J: the Julian day in 16 digits.
CREATE OR REPLACE FUNCTION holdall_julian_text(moment bigint) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN moment BETWEEN 1 AND 8639 THEN regexp_replace(digits, '\.?0*e', 'e')
        ELSE trim_scale(digits::numeric)::text
    END
    FROM ltrim(to_char(moment::double precision / 86400000, '9.999999999999999EEEE')) AS digits
$$;
