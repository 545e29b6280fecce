//! What headings mean, whoever wrote them: columns of Google, Outlook and others,
//! properties of vCard, and the workspace's own fields by their names.

use crate::id::ChoiceId;
use crate::model::FieldDefinition;

/// What the values under a heading are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// What the maker calls the contact by.
    Uid,
    /// The whole name.
    Name,
    /// A part of the name, by its place in it.
    PartOfName(usize),
    /// E-mail addresses.
    Email,
    /// Phone numbers.
    Phone,
    /// Numbers on WhatsApp.
    Whatsapp,
    /// The company.
    Company,
    /// The type of contact.
    Type,
    /// Tags.
    Tags,
    /// A custom field.
    Custom(ChoiceId),
}

/// Where an address is used, which headings say before what it is.
const PLACES: &[&str] = &[
    "business", "home", "main", "other", "personal", "primary", "work",
];

/// What stands after one of these; a name there is of something else than a person.
const REACHED: &[&str] = &[
    "cell", "email", "mail", "mobile", "phone", "tel", "whatsapp",
];

/// Headings that say nothing of a person, or of which others tell.
const SILENT: &[&str] = &[
    "emaillabel",
    "emailtype",
    "kind",
    "n",
    "phonelabel",
    "phonetype",
    "prodid",
    "rev",
    "version",
];

/// Names by which workspaces call what vCard has properties for.
const PROPERTIES: &[(&str, &[&str])] = &[
    ("adr", &["address"]),
    ("bday", &["birthday", "birthdate"]),
    ("note", &["notes"]),
    ("title", &["jobtitle", "position"]),
    ("url", &["website", "web", "homepage"]),
];

/// Before the id of a custom field, where its name is not enough.
pub(super) const FIELD: &str = "field:";

/// What a heading means; `None` where it means nothing here.
pub(super) fn meaning(heading: &str, fields: &[FieldDefinition]) -> Option<Meaning> {
    let letters = letters(heading);
    by_id(heading, fields)
        .or_else(|| built_in(&letters))
        .or_else(|| custom(heading, fields))
}

/// Whether nobody misses what stands under a heading that means nothing.
pub(super) fn is_silent(heading: &str) -> bool {
    let letters = letters(heading);
    letters.is_empty() || letters.starts_with("xab") || SILENT.contains(&letters.as_str())
}

/// The heading under which a custom field is written, so that it is read again.
pub(super) fn of_field(field: &FieldDefinition, fields: &[FieldDefinition]) -> String {
    let own = Some(Meaning::Custom(field.id.clone()));
    if meaning(&field.name, fields) == own {
        field.name.clone()
    } else {
        format!("{FIELD}{}", field.id)
    }
}

/// A heading without what people write differently.
fn plain(heading: &str) -> impl Iterator<Item = char> {
    let letters = heading.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase)
}

/// A heading of a column that may be one of several.
fn letters(heading: &str) -> String {
    plain(heading).filter(|c| !c.is_ascii_digit()).collect()
}

fn built_in(letters: &str) -> Option<Meaning> {
    let place = PLACES.iter().find_map(|place| letters.strip_prefix(place));
    let is_reached = |rest: &&str| REACHED.iter().any(|it| rest.starts_with(it));
    let word = place.filter(is_reached).unwrap_or(letters);
    Some(match word {
        "uid" => Meaning::Uid,
        "name" | "fullname" | "displayname" | "contact" | "contactname" | "fn" => Meaning::Name,
        "firstname" | "givenname" | "first" | "vorname" => Meaning::PartOfName(0),
        "middlename" | "additionalname" => Meaning::PartOfName(1),
        "lastname" | "familyname" | "surname" | "last" | "nachname" => Meaning::PartOfName(2),
        "email" | "emails" | "emailaddress" | "emailvalue" | "mail" | "emailadresse" => {
            Meaning::Email
        }
        "phone" | "phones" | "phonenumber" | "phonevalue" | "tel" | "telephone" | "mobile"
        | "mobilephone" | "mobilenumber" | "cell" | "cellphone" | "telefon" | "telefonnummer"
        | "mobil" | "handy" => Meaning::Phone,
        "whatsapp" | "whatsappnumber" => Meaning::Whatsapp,
        "company" | "companyname" | "organization" | "organizationname" | "organisation"
        | "org" | "firma" | "businessname" => Meaning::Company,
        "type" | "contacttype" => Meaning::Type,
        "tags" | "tag" | "labels" | "categories" | "groupmembership" => Meaning::Tags,
        _ => return None,
    })
}

fn by_id(heading: &str, fields: &[FieldDefinition]) -> Option<Meaning> {
    let id = heading.strip_prefix(FIELD)?;
    let mut offered = fields.iter().filter(|field| !field.archived);
    let field = offered.find(|field| field.id.as_str() == id)?;
    Some(Meaning::Custom(field.id.clone()))
}

fn custom(heading: &str, fields: &[FieldDefinition]) -> Option<Meaning> {
    let heading: String = plain(heading).collect();
    let also = PROPERTIES.iter().find(|(property, _)| *property == heading);
    let is_called = |name: &str| {
        let name: String = plain(name).collect();
        !name.is_empty()
            && (name == heading || also.is_some_and(|(_, names)| names.contains(&name.as_str())))
    };
    fields
        .iter()
        .filter(|field| !field.archived)
        .find(|field| is_called(&field.name) || is_called(field.id.as_str()))
        .map(|field| Meaning::Custom(field.id.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_all_makers_are_known() {
        for (headings, means) in [
            ("Name, Full Name, FN, Display name", Meaning::Name),
            ("First Name, Given Name, Vorname", Meaning::PartOfName(0)),
            ("Last Name, Family Name", Meaning::PartOfName(2)),
            (
                "E-mail 1 - Value, E-mail Address, E-mail 2 Address, Work Email, EMAIL, Other emails",
                Meaning::Email,
            ),
            (
                "Phone 1 - Value, Mobile Phone, Business Phone 2, TEL, Home Phone",
                Meaning::Phone,
            ),
            (
                "Company, Business Name, Organization Name, Organization 1 - Name, ORG",
                Meaning::Company,
            ),
            ("Labels, Group Membership, Categories", Meaning::Tags),
        ] {
            for heading in headings.split(", ") {
                assert_eq!(meaning(heading, &[]), Some(means.clone()), "{heading}");
            }
        }
        for heading in [
            "Work Name",
            "Main contact",
            "Business Type",
            "Mailing City",
            "E-mail 1 - Type",
            "Home",
            "",
            "field:x",
        ] {
            assert_eq!(meaning(heading, &[]), None, "{heading}");
        }
    }
}
