//! Texts that would run code where they are taken for markup, a URL, a style or a script.
//!
//! Each calls [`SENTINEL`], so that a test can watch whether any of them ever ran: define the function, show all
//! texts, and see that it was not called.

use std::collections::BTreeSet;

/// What every text tries to do.
pub const SENTINEL: &str = "window.__pwned(1)";

/// Exactly 300 texts, each once, in a fixed order. All are at most 1,024 bytes and may be used as a key too.
pub fn scripts() -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut texts: Vec<String> = [handwritten(), handlers(), urls(), contexts(), bindings()]
        .into_iter()
        .flatten()
        .filter(|text| seen.insert(text.clone()))
        .collect();
    texts.truncate(COUNT);
    texts
}

const COUNT: usize = 300;

/// `CODE` stands for the sentinel.
const HANDWRITTEN: &[&str] = &[
    "<script>CODE</script>",
    "<SCRIPT>CODE</SCRIPT>",
    "<ScRiPt>CODE</sCrIpT>",
    "<script >CODE</script >",
    "<script\n>CODE</script>",
    "<script/x>CODE</script>",
    "<script>CODE",
    "<script>CODE//",
    "<script>/*</script>*/CODE</script>",
    "<script type=module>CODE</script>",
    "<script async defer>CODE</script>",
    "<script>eval('CODE')</script>",
    "<script src=\"data:text/javascript,CODE\"></script>",
    "<script src='data:text/javascript,CODE'></script>",
    "<script src=data:text/javascript,CODE></script>",
    "<script src=data:,CODE></script>",
    "<scr<script>ipt>CODE</scr</script>ipt>",
    "<<script>CODE//<</script>",
    "<script\u{0b}>CODE</script>",
    "<script>\u{feff}CODE</script>",
    "<script>setTimeout('CODE')</script>",
    "<script>Function('CODE')()</script>",
    "<script>import('data:text/javascript,CODE')</script>",
    "<svg><script>CODE</script></svg>",
    "<svg><script href=\"data:text/javascript,CODE\"/></svg>",
    "<svg/onload=CODE>",
    "<svg onload=CODE//",
    "<svg><animate onbegin=CODE attributeName=x dur=1s>",
    "<svg><set onbegin=CODE attributeName=x>",
    "<svg><a xlink:href=\"javascript:CODE\"><text y=20>x</text></a></svg>",
    "<svg><style><img src=x onerror=CODE></style></svg>",
    "<svg><foreignObject><img src=x onerror=CODE></foreignObject></svg>",
    "<svg><title><img src=x onerror=CODE></title></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=CODE></style></mglyph></table></mtext></math>",
    "<math href=\"javascript:CODE\">x</math>",
    "<img src=x onerror=CODE>",
    "<img src=x onerror=\"CODE\">",
    "<img src=x onerror='CODE'>",
    "<img/src=x/onerror=CODE>",
    "<img src=x onerror=CODE//",
    "<IMG SRC=x ONERROR=CODE>",
    "<img src onerror=CODE>",
    "<img src=x:x onerror=CODE>",
    "<img srcset=x onerror=CODE>",
    "<img \"\"\"><script>CODE</script>\">",
    "<image src=x onerror=CODE>",
    "<picture><source srcset=x><img onerror=CODE src=x></picture>",
    "<video src=x onerror=CODE></video>",
    "<video><source onerror=CODE></video>",
    "<audio src=x onerror=CODE></audio>",
    "<body onload=CODE>",
    "<body onpageshow=CODE>",
    "<input autofocus onfocus=CODE>",
    "<select autofocus onfocus=CODE>",
    "<textarea autofocus onfocus=CODE>",
    "<button autofocus onfocus=CODE>x</button>",
    "<keygen autofocus onfocus=CODE>",
    "<details open ontoggle=CODE>x</details>",
    "<marquee onstart=CODE>x</marquee>",
    "<object data=\"javascript:CODE\"></object>",
    "<object onerror=CODE data=x></object>",
    "<embed src=\"javascript:CODE\">",
    "<iframe src=\"javascript:CODE\"></iframe>",
    "<iframe srcdoc=\"<script>parent.CODE</script>\"></iframe>",
    "<iframe srcdoc='<img src=x onerror=parent.CODE>'></iframe>",
    "<iframe onload=CODE></iframe>",
    "<frameset onload=CODE></frameset>",
    "<link rel=stylesheet href=x onerror=CODE>",
    "<link rel=import href=\"data:text/html,<script>CODE</script>\">",
    "<meta http-equiv=refresh content=\"0;url=javascript:CODE\">",
    "<base href=\"javascript:CODE//\">",
    "<form action=\"javascript:CODE\"><input type=submit autofocus></form>",
    "<form><button formaction=\"javascript:CODE\">x</button></form>",
    "<isindex action=\"javascript:CODE\" type=image>",
    "<style onload=CODE></style>",
    "<style>@import 'javascript:CODE';</style>",
    "<div style=\"width:expression(CODE)\">x</div>",
    "<div style=\"background:url(javascript:CODE)\">x</div>",
    "<div style=\"-moz-binding:url(data:text/xml,CODE)\">x</div>",
    "<x onclick=CODE tabindex=1 autofocus onfocus=CODE>x</x>",
    "<custom-element onfocus=CODE tabindex=0 autofocus>",
    "<template><script>CODE</script></template>",
    "<noscript><p title=\"</noscript><img src=x onerror=CODE>\">",
    "<textarea></textarea><img src=x onerror=CODE>",
    "<title></title><img src=x onerror=CODE>",
    "<xmp><img src=\"</xmp><img src=x onerror=CODE>\">",
    "<plaintext><img src=x onerror=CODE>",
    "<!--><img src=x onerror=CODE>-->",
    "<!-- --!><img src=x onerror=CODE>",
    "<![CDATA[<img src=x onerror=CODE>]]>",
    "<?xml-stylesheet href=\"javascript:CODE\"?>",
    "<!DOCTYPE x [<!ENTITY a \"<script>CODE</script>\">]>&a;",
    "&lt;script&gt;CODE&lt;/script&gt;",
    "&#60;script&#62;CODE&#60;/script&#62;",
    "&#x3c;script&#x3e;CODE&#x3c;/script&#x3e;",
    "%3Cscript%3ECODE%3C/script%3E",
    "%253Cscript%253ECODE%253C/script%253E",
    "\\u003cscript\\u003eCODE\\u003c/script\\u003e",
    "\\x3cscript\\x3eCODE\\x3c/script\\x3e",
    "＜script＞CODE＜/script＞",
    "<a href=\"javascript:CODE\">x</a>",
    "<a href=\" javascript:CODE\">x</a>",
    "<a href=\"java\nscript:CODE\">x</a>",
    "<a href=\"java&Tab;script:CODE\">x</a>",
    "<a href=\"&#106;avascript:CODE\">x</a>",
    "<a href=x onmouseover=CODE autofocus onfocus=CODE>x</a>",
    "<a href=\"javascript://%0ACODE\">x</a>",
    "<area href=\"javascript:CODE\" shape=default>",
    "<q cite=\"javascript:CODE\">x</q>",
    "[x](javascript:CODE)",
    "![x](x\"onerror=\"CODE)",
    "[x]: javascript:CODE",
    "<javascript:CODE>",
    "```html\n<script>CODE</script>\n```",
];

fn handwritten() -> Vec<String> {
    HANDWRITTEN.iter().map(|text| text.replace("CODE", SENTINEL)).collect()
}

/// Handlers that run without anybody's doing, on elements that take them.
fn handlers() -> Vec<String> {
    const ELEMENTS: [&str; 4] = ["div", "img src=x", "svg", "input autofocus"];
    const EVENTS: [&str; 13] = [
        "onerror",
        "onload",
        "onfocus",
        "onanimationstart",
        "onanimationend",
        "ontransitionend",
        "onpointerenter",
        "onmouseover",
        "onbeforetoggle",
        "onscroll",
        "onwheel",
        "oncontentvisibilityautostatechange",
        "onclick",
    ];
    let each = |element: &str| {
        EVENTS.map(|event| {
            format!("<{element} style=\"animation:x;content-visibility:auto\" {event}={SENTINEL} tabindex=0>")
        })
    };
    ELEMENTS.iter().flat_map(|element| each(element)).collect()
}

/// Addresses that are programs.
fn urls() -> Vec<String> {
    const SCHEMES: [&str; 15] = [
        "javascript:",
        "JaVaScRiPt:",
        " javascript:",
        "\tjavascript:",
        "java\tscript:",
        "java\r\nscript:",
        "javascript&colon;",
        "javascript:/*",
        "javascript:void ",
        "javascript:\u{2028}",
        "\u{1}javascript:",
        "vbscript:",
        "livescript:",
        "view-source:javascript:",
        "blob:javascript:",
    ];
    const DOCUMENTS: [&str; 6] = [
        "data:text/html,",
        "data:text/html;charset=utf-8,",
        "data:image/svg+xml,",
        "data:application/xhtml+xml,",
        "data:text/xml,",
        "data:,",
    ];
    let programs = SCHEMES.iter().map(|scheme| format!("{scheme}{SENTINEL}"));
    let documents = DOCUMENTS
        .iter()
        .map(|document| format!("{document}<script>{SENTINEL}</script>"));
    programs.chain(documents).collect()
}

/// Every way out of a place where a text may have been put, with something that runs once it is out.
fn contexts() -> Vec<String> {
    const WAYS_OUT: [&str; 25] = [
        "\">",
        "'>",
        ">",
        "`>",
        "</script>",
        "</style>",
        "</title>",
        "</textarea>",
        "</noscript>",
        "</template>",
        "</option></select>",
        "</Key></Contents>",
        "</h1>",
        "</a>",
        "</button>",
        "-->",
        "]]>",
        "*/",
        "\\\">",
        "&quot;>",
        "\u{c}>",
        "\"/>",
        "'/>",
        "</td></tr></table>",
        "\r\n\r\n",
    ];
    const IN_SCRIPT: [(&str, &str); 10] = [
        ("'-", "-'"),
        ("\"-", "-\""),
        ("`-", "-`"),
        ("';", "//"),
        ("\";", "//"),
        ("\\';", "//"),
        ("${", "}"),
        ("\n", "\n"),
        ("\u{2028}", "//"),
        ("*/", "/*"),
    ];
    const ATTRIBUTES: [&str; 6] = ["\" ", "' ", "` ", " ", "\"\n", "/"];
    let run = [
        format!("<img src=x onerror={SENTINEL}>"),
        format!("<script>{SENTINEL}</script>"),
        format!("<svg onload={SENTINEL}>"),
    ];
    let markup = WAYS_OUT
        .iter()
        .flat_map(|out| run.iter().map(move |run| format!("{out}{run}")));
    let script = IN_SCRIPT
        .iter()
        .map(|(before, after)| format!("{before}{SENTINEL}{after}"));
    let attribute = ATTRIBUTES
        .iter()
        .map(|out| format!("x{out}onfocus={SENTINEL} autofocus tabindex=0 x={out}"));
    script.chain(attribute).chain(markup).collect()
}

/// What template languages and loaders would evaluate.
fn bindings() -> Vec<String> {
    const FORMS: [&str; 24] = [
        "{CODE}",
        "{{CODE}}",
        "{{{CODE}}}",
        "{@html CODE}",
        "{@html '<img src=x onerror=CODE>'}",
        "{#if CODE}x{/if}",
        "{@const a = CODE}",
        "{@render CODE}",
        "${CODE}",
        "#{CODE}",
        "<%= CODE %>",
        "<%- CODE %>",
        "{% CODE %}",
        "[[CODE]]",
        "{{constructor.constructor('CODE')()}}",
        "{{$on.constructor('CODE')()}}",
        "{{_c.constructor('CODE')()}}",
        "<div v-html=\"CODE\">",
        "<div x-data x-init=\"CODE\">",
        "<div ng-app ng-init=\"CODE\">",
        "<div bind:innerHTML={CODE}>",
        "<svelte:window onload={CODE}>",
        "{\"__proto__\":{\"x\":\"CODE\"}}",
        "=HYPERLINK(\"javascript:CODE\")",
    ];
    FORMS.iter().map(|form| form.replace("CODE", SENTINEL)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_300_and_each_is_there_once() {
        let texts = scripts();
        let unique: BTreeSet<&String> = texts.iter().collect();
        assert_eq!((texts.len(), unique.len()), (300, 300));
    }

    #[test]
    fn all_call_the_sentinel_and_may_be_keys() {
        for text in scripts() {
            assert!(text.contains(SENTINEL), "{text:?}");
            assert!((1..=1024).contains(&text.len()) && !text.contains('\0'), "{text:?}");
        }
    }
}
