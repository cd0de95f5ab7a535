//! UTC times as the vendors write them, and ids in the shape of a UUID that depend on nothing but their text.
//!
//! Pure. Leap seconds do not exist, as in Unix time.

use sha1::{Digest, Sha1};

use crate::time::Timestamp;

/// `2020-12-23T00:06:19Z` (or with a fraction of a second) as an instant; `None` for any other form.
pub fn parse_utc(text: &str) -> Option<Timestamp> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let mut date = date.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let mut clock = clock.split(':').map(|part| part.parse::<i64>().ok());
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    let in_range = (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second < 60;
    let millis = format!("{fraction:0<3}").get(..3)?.parse::<i64>().ok()?;
    let days = days_from_civil(year, month, day);
    in_range.then(|| Timestamp::from_millis(((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + millis))
}

/// An instant to the second: `2020-12-23T00:06:19Z`.
pub fn format_utc(at: Timestamp) -> String {
    let seconds = at.as_millis().div_euclid(1000);
    let (year, month, day) = civil_from_days(seconds.div_euclid(86_400));
    let rest = seconds.rem_euclid(86_400);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3600, rest / 60 % 60, rest % 60)
}

/// Days since 1970-01-01 of a date of the Gregorian calendar; years count from March so that the leap day comes last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

/// An id in the shape of a name-based UUID: the same text gives the same id, in every run and on every machine.
pub fn uuid(name: &str) -> String {
    let hash = Sha1::digest(name.as_bytes());
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&hash[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x50;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_written_and_read_again_is_the_same_second() {
        for text in ["1970-01-01T00:00:00Z", "2000-02-29T23:59:59Z", "2020-12-23T00:06:19Z", "2100-03-01T12:00:00Z"] {
            assert_eq!(format_utc(parse_utc(text).unwrap()), text);
        }
        assert_eq!(parse_utc("2020-12-23T00:06:25.2Z").unwrap().as_millis(), 1_608_681_985_200);
    }

    #[test]
    fn a_time_without_zone_is_refused() {
        assert_eq!(parse_utc("2020-12-23T00:06:19"), None);
        assert_eq!(parse_utc("2020-13-23T00:06:19Z"), None);
    }
}
