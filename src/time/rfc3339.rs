//! Instants as texts of RFC 3339.

use super::{Timestamp, days_since_1970};

impl Timestamp {
    /// An instant in RFC 3339 (`2023-07-19T13:44:03Z`, `…+00:00`, with or without a fraction).
    pub fn from_rfc3339(text: &str) -> Option<Timestamp> {
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

/// Milliseconds of the digits after a decimal point; `None` for anything else.
fn fraction_millis(text: &str) -> Option<u32> {
    digits(text)?;
    let digit = |position: usize| text.as_bytes().get(position).map_or(0, |digit| u32::from(digit - b'0'));
    Some(digit(0) * 100 + digit(1) * 10 + digit(2))
}

/// A number of ASCII digits and nothing else: no sign, no blank, not empty.
fn digits(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Digits beyond the eighteenth only ever follow a decimal point, where they do not count.
    text.get(..text.len().min(18))?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_with_zone_and_fraction() {
        assert_eq!(Timestamp::from_rfc3339("1970-01-01T00:00:00Z"), Some(Timestamp::from_millis(0)));
        assert_eq!(Timestamp::from_rfc3339("2023-07-19T13:44:03Z"), Some(Timestamp::from_millis(1_689_774_243_000)));
        assert_eq!(
            Timestamp::from_rfc3339("2023-07-19T15:44:03.250+02:00"),
            Some(Timestamp::from_millis(1_689_774_243_250))
        );
        assert_eq!(
            Timestamp::from_rfc3339("2024-02-29T00:00:00-0500"),
            Some(Timestamp::from_millis(1_709_182_800_000))
        );
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
            assert_eq!(Timestamp::from_rfc3339(text), None, "{text}");
        }
    }
}
