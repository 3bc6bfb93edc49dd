//! What a name's extension says about its content: the words of the Type column and the icon beside the name.
//! A guess by name only; nothing here reads an object, and nothing decides by it.

/// The icon drawn beside a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// A prefix that ends in `/`.
    Folder,
    /// A picture.
    Image,
    /// Rows and columns.
    Table,
    /// Something to read: text, code, a document.
    Text,
    /// A packed collection of files.
    Archive,
    /// Everything else.
    File,
}

/// What the Type column says of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kind {
    /// Words such as "JPEG image"; "No type" for a name without an extension.
    pub(crate) words: String,
    /// The icon.
    pub(crate) icon: Icon,
}

/// The kind of a folder.
pub(crate) fn folder() -> Kind {
    Kind {
        words: "Folder".to_owned(),
        icon: Icon::Folder,
    }
}

/// The kind of the object called `name`; an unknown extension is named as it is ("XYZ file").
pub(crate) fn of(name: &str) -> Kind {
    let last = name.rsplit('/').next().unwrap_or(name);
    let Some((stem, extension)) = last.rsplit_once('.') else {
        return Kind {
            words: "No type".to_owned(),
            icon: Icon::File,
        };
    };
    let known = TABLE
        .iter()
        .find(|(extensions, ..)| extensions.iter().any(|e| e.eq_ignore_ascii_case(extension)));
    if let Some((_, words, icon)) = known {
        return Kind {
            words: (*words).to_owned(),
            icon: *icon,
        };
    }
    let nameable = !stem.is_empty() && extension.len() <= 8 && extension.chars().all(|c| c.is_ascii_alphanumeric());
    if nameable && !extension.is_empty() {
        Kind {
            words: format!("{} file", extension.to_ascii_uppercase()),
            icon: Icon::File,
        }
    } else {
        Kind {
            words: "No type".to_owned(),
            icon: Icon::File,
        }
    }
}

type Known = (&'static [&'static str], &'static str, Icon);

const TABLE: &[Known] = &[
    (&["jpg", "jpeg", "jpe", "jfif"], "JPEG image", Icon::Image),
    (&["png"], "PNG image", Icon::Image),
    (&["gif"], "GIF image", Icon::Image),
    (&["webp"], "WebP image", Icon::Image),
    (&["avif"], "AVIF image", Icon::Image),
    (&["heic", "heif"], "HEIC image", Icon::Image),
    (&["tif", "tiff"], "TIFF image", Icon::Image),
    (&["bmp"], "Bitmap image", Icon::Image),
    (&["svg", "svgz"], "SVG image", Icon::Image),
    (&["ico"], "Icon", Icon::Image),
    (&["psd"], "Photoshop image", Icon::Image),
    (
        &["raw", "cr2", "cr3", "nef", "arw", "dng", "orf", "rw2"],
        "Camera raw image",
        Icon::Image,
    ),
    (&["csv"], "CSV", Icon::Table),
    (&["tsv"], "TSV", Icon::Table),
    (&["xls", "xlsx", "xlsm", "ods", "numbers"], "Spreadsheet", Icon::Table),
    (&["parquet"], "Parquet table", Icon::Table),
    (&["avro", "orc", "arrow", "feather"], "Data table", Icon::Table),
    (&["sqlite", "sqlite3", "db"], "Database", Icon::Table),
    (&["txt", "text"], "Text", Icon::Text),
    (&["log"], "Log", Icon::Text),
    (&["md", "markdown"], "Markdown", Icon::Text),
    (&["pdf"], "PDF document", Icon::Text),
    (&["doc", "docx", "odt", "rtf", "pages"], "Document", Icon::Text),
    (&["ppt", "pptx", "odp", "key"], "Presentation", Icon::Text),
    (&["epub", "mobi"], "E-book", Icon::Text),
    (&["html", "htm", "xhtml"], "HTML page", Icon::Text),
    (&["css", "scss"], "Style sheet", Icon::Text),
    (&["xml", "xsd", "xsl"], "XML", Icon::Text),
    (&["json", "jsonl", "ndjson", "geojson"], "JSON", Icon::Text),
    (&["yaml", "yml"], "YAML", Icon::Text),
    (
        &["toml", "ini", "conf", "cfg", "env", "properties"],
        "Configuration",
        Icon::Text,
    ),
    (&["js", "mjs", "cjs", "jsx"], "JavaScript", Icon::Text),
    (&["ts", "tsx"], "TypeScript", Icon::Text),
    (&["py"], "Python", Icon::Text),
    (&["rs"], "Rust", Icon::Text),
    (&["go"], "Go", Icon::Text),
    (&["java", "kt"], "Java", Icon::Text),
    (&["c", "h", "cc", "cpp", "hpp"], "C source", Icon::Text),
    (
        &["sh", "bash", "zsh", "fish", "ps1", "bat", "cmd"],
        "Script",
        Icon::Text,
    ),
    (&["sql"], "SQL", Icon::Text),
    (&["tex", "bib"], "TeX", Icon::Text),
    (&["pem", "crt", "cer"], "Certificate", Icon::Text),
    (
        &[
            "zip", "tar", "gz", "tgz", "bz2", "xz", "zst", "7z", "rar", "lz4", "jar", "war",
        ],
        "Archive",
        Icon::Archive,
    ),
    (&["deb", "rpm", "apk", "msi", "dmg", "pkg"], "Package", Icon::Archive),
    (
        &["iso", "img", "qcow2", "vmdk", "vhd", "vhdx"],
        "Disk image",
        Icon::Archive,
    ),
    (
        &["mp3", "wav", "flac", "ogg", "m4a", "aac", "opus"],
        "Audio",
        Icon::File,
    ),
    (
        &["mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "mpeg"],
        "Video",
        Icon::File,
    ),
    (&["ttf", "otf", "woff", "woff2"], "Font", Icon::File),
    (&["exe", "dll", "so", "dylib"], "Program", Icon::File),
    (&["bin", "dat"], "Data", Icon::File),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_known_in_any_case() {
        assert_eq!(
            of("IMG_4821.JPG"),
            Kind {
                words: "JPEG image".to_owned(),
                icon: Icon::Image
            }
        );
        assert_eq!(of("logbook-2025.tar.gz").words, "Archive");
        assert_eq!(of("a.b/readings.csv").icon, Icon::Table);
    }

    #[test]
    fn what_is_unknown_is_named_and_what_has_none_says_so() {
        assert_eq!(of("cells.xyz").words, "XYZ file");
        assert_eq!(of("notes ").words, "No type");
        assert_eq!(of("v1.2/notes").words, "No type");
        assert_eq!(of(".gitignore").words, "No type");
        assert_eq!(of("odd.na me").words, "No type");
        assert_eq!(of("dot.").words, "No type");
    }

    #[test]
    fn no_extension_stands_twice_in_the_table() {
        let mut all: Vec<&str> = TABLE
            .iter()
            .flat_map(|(extensions, ..)| extensions.iter().copied())
            .collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
