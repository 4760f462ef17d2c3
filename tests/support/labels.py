"""Labels that could become more than text."""

# in a picture: DOT, SVG
ODD = ["a{b}", "a<b", "<b>", "<>", '"', 'a"b', "\\", "a\\", "\\N", "\\l", "\\n", "a\\|b", "|", "{", "}", "a\nb",
       "a\0c", "&amp;", "&", "&#60;", "</script>", "<!--", "-->", "]]>", "\u202eevil", "->", "w_{1}", "a  b", "'", ";",
       "#", "größe", "ŷ", "学", "😀", "x\uffff", "y\ud800", "z\x7f", "\u2028", "graph", "n0", ":", "%s",
       "x" * 10_000]  # fmt: skip

# in a page: HTML, JavaScript
MARKUP = ["</script>", "<!--<script ", "<img src=x onerror=alert(1)>", "\"'>&amp;", "]]>", "\u202ey\u202c", "a\\u003cb", " ",
          "<!--style-->", "${x}", "{0}", "\ufdd00\ufdd1", "\u2028", "a{b}|c", "constructor", "__proto__"]  # fmt: skip
