//! Small texts of the vendors: clocks, instants, colours, fractions, percentages.

use crate::time::Timestamp;

/// Longest clock that is believed: a day. Anything above is a mistake, and would overflow a template's box.
const MOST_MILLIS: u64 = 24 * 60 * 60 * 1000;

/// Milliseconds of a clock's text: `4:07`, `00:19.10`, `1:2.3` (a minute and 2.3 seconds), `00:15:00` (hours first),
/// `11.00`, `5`. `None` when it is none of these.
pub(super) fn clock_millis(text: &str) -> Option<u32> {
    let (whole, fraction) = match text.trim().split_once('.') {
        Some((whole, fraction)) => (whole, fraction_millis(fraction)?),
        None => (text.trim(), 0),
    };
    let mut seconds: u64 = 0;
    for (position, part) in whole.split(':').enumerate() {
        if position > 2 || part.len() > 4 {
            return None;
        }
        let number: u64 = digits(part)?;
        seconds = seconds * 60 + number;
    }
    let millis = seconds * 1000 + u64::from(fraction);
    u32::try_from(millis).ok().filter(|_| millis <= MOST_MILLIS)
}

/// Milliseconds of the digits after the point: `7` is 700, `05` is 50, `` is 0.
pub(super) fn fraction_millis(text: &str) -> Option<u32> {
    let text = text.trim();
    if text.is_empty() {
        return Some(0);
    }
    digits(text)?;
    let mut millis = 0;
    for position in 0..3 {
        millis = millis * 10 + text.as_bytes().get(position).map_or(0, |digit| u32::from(digit - b'0'));
    }
    Some(millis)
}

/// A number of ASCII digits and nothing else: no sign, no blank, not empty.
fn digits(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Digits beyond the eighteenth only ever follow a decimal point, where they do not count.
    text.get(..text.len().min(18))?.parse().ok()
}

/// An instant in RFC 3339 (`2023-07-19T13:44:03Z`, `…+00:00`, with or without a fraction).
pub(super) fn instant(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    if !text.is_ascii() || bytes.len() < 20 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    if !matches!(bytes[10], b'T' | b't' | b' ') || bytes[13] != b':' || bytes[16] != b':' {
        return None;
    }
    let field = |range: std::ops::Range<usize>| digits(&text[range]).map(|number| number as i64);
    let (year, month, day) = (field(0..4)?, field(5..7)?, field(8..10)?);
    let (hour, minute, second) = (field(11..13)?, field(14..16)?, field(17..19)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let rest = &text[19..];
    let zone_at = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let fraction = rest[..zone_at].strip_prefix('.').map_or(Some(0), fraction_millis)?;
    let seconds = days_since_1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    Some(Timestamp::from_millis((seconds - zone_seconds(&rest[zone_at..])?) * 1000 + i64::from(fraction)))
}

/// Seconds east of UTC of `Z`, `+02:00`, `-0500`.
fn zone_seconds(zone: &str) -> Option<i64> {
    if zone == "Z" || zone == "z" {
        return Some(0);
    }
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = (zone.get(1..3)?, zone.get(3..)?.trim_start_matches(':'));
    Some(sign * (digits(hours)? as i64 * 3_600 + digits(minutes)? as i64 * 60))
}

/// Days of the proleptic Gregorian calendar (Howard Hinnant's `days_from_civil`).
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// `#rrggbb` from a colour written with or without `#`, in three or six digits, in either case.
pub(super) fn hex_color(text: &str) -> Option<String> {
    let digits = text.trim();
    let digits = digits.strip_prefix('#').unwrap_or(digits);
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let six = match digits.len() {
        3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
        6 => digits.to_owned(),
        _ => return None,
    };
    Some(format!("#{}", six.to_ascii_lowercase()))
}

/// Both numbers of `3/7` or `3-7`.
pub(super) fn made_of_attempted(text: &str) -> Option<(u32, u32)> {
    let (made, attempted) = text.split_once(['/', '-'])?;
    Some((made.trim().parse().ok()?, attempted.trim().parse().ok()?))
}

/// 0-100 of `43%` or `42.9 %`.
pub(super) fn percentage(text: &str) -> Option<f64> {
    let number: f64 = text.trim().trim_end_matches('%').trim_end().parse().ok()?;
    (0.0..=100.0).contains(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_read_in_every_form_that_was_seen() {
        let expected = [
            ("4:07", 247_000),
            ("00:22", 22_000),
            ("00:19.10", 19_100),
            ("12:30.0", 750_000),
            ("1:2.3", 62_300),
            ("00:15:00", 900_000),
            ("11.00", 11_000),
            ("4.5", 4_500),
            ("02.00", 2_000),
            ("0:00", 0),
        ];
        for (text, millis) in expected {
            assert_eq!(clock_millis(text), Some(millis), "{text}");
        }
    }

    #[test]
    fn what_is_no_clock_is_refused() {
        for text in ["", ":", "4:", "-1:00", "+4:07", "4:0x", "1:2:3:4", "99999:00", "9999:9999", "4:07.x", "٤:٠٧"] {
            assert_eq!(clock_millis(text), None, "{text}");
        }
    }

    #[test]
    fn instants_are_read_with_zone_and_fraction() {
        assert_eq!(instant("1970-01-01T00:00:00Z"), Some(Timestamp::from_millis(0)));
        assert_eq!(instant("2023-07-19T13:44:03Z"), Some(Timestamp::from_millis(1_689_774_243_000)));
        assert_eq!(instant("2023-07-19T15:44:03.250+02:00"), Some(Timestamp::from_millis(1_689_774_243_250)));
        assert_eq!(instant("2024-02-29T00:00:00-0500"), Some(Timestamp::from_millis(1_709_182_800_000)));
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for text in [
            "",
            "2023-07-19",
            "2023-07-19T13:44:03",
            "2023-13-19T13:44:03Z",
            "2023-07-19T13:44:03+",
            "2023-07-19T13:44:03é",
        ] {
            assert_eq!(instant(text), None, "{text}");
        }
    }

    #[test]
    fn colors_are_brought_to_one_form() {
        assert_eq!(hex_color("FFFFFF").as_deref(), Some("#ffffff"));
        assert_eq!(hex_color("#1D428A").as_deref(), Some("#1d428a"));
        assert_eq!(hex_color("#fa0").as_deref(), Some("#ffaa00"));
        assert_eq!(hex_color("white"), None);
    }

    #[test]
    fn fractions_and_percentages_are_read_as_displayed() {
        assert_eq!(made_of_attempted("3/7"), Some((3, 7)));
        assert_eq!(made_of_attempted("3-7"), Some((3, 7)));
        assert_eq!(made_of_attempted("3"), None);
        assert_eq!(percentage("43%"), Some(43.0));
        assert_eq!(percentage("-"), None);
    }
}
