//! Addresses of a message as one string each line, `Name <address>`: a message
//! is written once and read often, and one scalar loads faster than a list of
//! maps.

use crate::model::Address;

/// The stored form. Line breaks and angle brackets in names become spaces.
pub(crate) fn format(addresses: &[Address]) -> String {
    let clean = |text: &str| -> String {
        text.chars()
            .map(|c| {
                if c.is_control() || c == '<' || c == '>' {
                    ' '
                } else {
                    c
                }
            })
            .collect()
    };
    let lines: Vec<String> = addresses
        .iter()
        .map(|one| {
            format!(
                "{} <{}>",
                clean(&one.name).trim(),
                clean(&one.address).trim()
            )
        })
        .collect();
    lines.join("\n")
}

/// Reads the stored form; a line without brackets is an address alone.
pub(crate) fn parse(text: &str) -> Vec<Address> {
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            match line
                .trim_end()
                .strip_suffix('>')
                .and_then(|rest| rest.rsplit_once('<'))
            {
                Some((name, address)) => Address {
                    name: name.trim().to_owned(),
                    address: address.trim().to_owned(),
                },
                None => Address {
                    name: String::new(),
                    address: line.trim().to_owned(),
                },
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_survive_storage() {
        let addresses = vec![
            Address {
                name: "Ana <x> Duarte".into(),
                address: "ana@example.com".into(),
            },
            Address {
                name: String::new(),
                address: "ben@example.com".into(),
            },
        ];
        let read = parse(&format(&addresses));
        assert_eq!(read[0].name, "Ana  x  Duarte");
        assert_eq!(read[0].address, "ana@example.com");
        assert_eq!(read[1], addresses[1]);
    }
}
