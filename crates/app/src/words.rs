//! Figures in words: sizes with three significant digits, counts with thin spaces, nouns in the right number.

/// `4.82 MB`, `813 MB`, `12 B`: decimal units, three significant digits, rounded as the table rounds them.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 7] = ["B", "KB", "MB", "GB", "TB", "PB", "EB"];
    let bytes = u128::from(bytes);
    let (mut unit, mut scale) = (0, 1);
    // From 999.5 of a unit on it is one of the next.
    while bytes * 2 >= scale * 1_999 && unit + 1 < UNITS.len() {
        unit += 1;
        scale *= 1_000;
    }
    let decimals = match bytes * 1_000 / scale {
        _ if unit == 0 => 0,
        0..9_995 => 2,
        9_995..99_950 => 1,
        _ => 0,
    };
    let parts = 10_u128.pow(decimals);
    let rounded = (bytes * parts + scale / 2) / scale;
    let whole = rounded / parts;
    match decimals {
        0 => format!("{whole} {}", UNITS[unit]),
        _ => format!(
            "{whole}.{:0width$} {}",
            rounded % parts,
            UNITS[unit],
            width = decimals as usize
        ),
    }
}

/// `14 204`, with thin spaces between thousands.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 * 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{2009}');
        }
        text.push(digit);
    }
    text
}

/// `1 object`, `3 objects`.
pub(crate) fn counted(number: u64, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", count(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_three_significant_digits() {
        let cases = [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.00 KB"),
            (4_820_000, "4.82 MB"),
            (58_600_000, "58.6 MB"),
            (812_900_000, "813 MB"),
            (999_499, "999 KB"),
            (999_999, "1.00 MB"),
            (4_825_000, "4.83 MB"),
            (9_994_999, "9.99 MB"),
            (9_995_000, "10.0 MB"),
            (2_060_000_000, "2.06 GB"),
            (u64::MAX, "18.4 EB"),
        ];
        for (bytes, text) in cases {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn counts_are_grouped_and_agree_with_their_noun() {
        assert_eq!(count(999), "999");
        assert_eq!(count(14_204), "14\u{2009}204");
        assert_eq!(count(1_234_567), "1\u{2009}234\u{2009}567");
        assert_eq!(counted(1, "object"), "1 object");
        assert_eq!(counted(3, "object"), "3 objects");
    }
}
