//! Names that look as if their content was not meant for everyone. A guess by name, shown before something is made
//! public; it never hides or refuses anything.

const WHOLE: &[&str] = &[
    ".env",
    ".htpasswd",
    ".netrc",
    ".npmrc",
    ".pgpass",
    ".pypirc",
    "authorized_keys",
    "credentials",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    "id_rsa",
    "shadow",
    "wallet.dat",
];
const ENDINGS: &[&str] = &[
    ".dump",
    ".gpg",
    ".jks",
    ".kdbx",
    ".key",
    ".keystore",
    ".ovpn",
    ".p12",
    ".pem",
    ".pfx",
    ".ppk",
    ".sql",
    ".sql.gz",
    ".tfstate",
];
const WORDS: &[&str] = &[
    "api_key",
    "apikey",
    "api-key",
    "confidential",
    "credential",
    "geheim",
    "passport",
    "passwd",
    "password",
    "passwort",
    "payroll",
    "private",
    "salary",
    "secret",
];

/// Whether a key looks sensitive, by its last part; anything below `.git/`, `.ssh/` or `.aws/` does, too.
pub(crate) fn looks_sensitive(key: &str) -> bool {
    let key = key.to_lowercase();
    let name = key.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    WHOLE.contains(&name)
        || name.starts_with(".env.")
        || ENDINGS.iter().any(|ending| name.ends_with(ending))
        || WORDS.iter().any(|word| name.contains(word))
        || key
            .split('/')
            .rev()
            .skip(1)
            .any(|folder| [".git", ".ssh", ".aws", ".gnupg"].contains(&folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_meant_for_everyone_is_noticed() {
        for key in [
            "private_info.txt",
            "raw/.env",
            ".env.production",
            "a/ID_RSA",
            "Passwords.xlsx",
            "x/.git/config",
            "k.pem",
        ] {
            assert!(looks_sensitive(key), "{key}");
        }
    }

    #[test]
    fn ordinary_names_are_not() {
        for key in [
            "hello.txt",
            "harbour.jpg",
            "environment.txt",
            "keyboard.png",
            "private/photo.jpg",
            ".github/a.yml",
            "",
        ] {
            assert!(!looks_sensitive(key), "{key}");
        }
    }
}
