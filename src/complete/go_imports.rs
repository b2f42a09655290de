//! Imports of programs in Go, which refuses what is imported and not used, what is used and not imported, and what is
//! imported twice.

/// A program behind what a set puts before it, with an import of each of the given packages that either of them or the
/// tests use and none imports. What the set imports and the program does, too, is left to the program, and so is the
/// clause of the package.
pub(super) fn joined(preamble: &str, program: &str, tests: &[&str], packages: &[String]) -> String {
    let own = program.lines().any(is_package);
    let lines = preamble.lines().filter(|line| {
        let path = line.trim().trim_start_matches("import").trim();
        let again = path.starts_with('"') && imports(program, path);
        !again
    });
    let before: String = lines.flat_map(|line| [line, "\n"]).collect();
    let texts = [before.as_str(), program];
    let missing = packages.iter().filter(|path| {
        let quoted = format!("\"{path}\"");
        let name = path.rsplit('/').next().unwrap_or(path);
        let used = texts.iter().chain(tests).any(|text| uses(text, name));
        used && !texts.iter().any(|text| imports(text, &quoted))
    });
    let imported: String = missing.map(|path| format!("import \"{path}\"\n")).collect();
    if before.lines().any(is_package) && own {
        let rest = program.lines().filter(|line| !is_package(line));
        let rest: String = rest.flat_map(|line| [line, "\n"]).collect();
        return format!("{before}{imported}{rest}");
    }
    if own {
        // Imports stand behind the clause.
        let lines = program.lines().flat_map(|line| {
            let behind = if is_package(line) { imported.as_str() } else { "" };
            [line, "\n", behind]
        });
        return format!("{before}{}", lines.collect::<String>());
    }
    format!("{before}{imported}{program}")
}

fn is_package(line: &str) -> bool {
    line.starts_with("package ")
}

/// Whether a quoted path stands on a line of imports.
fn imports(text: &str, quoted: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim();
        line == quoted || line.starts_with("import") && line.ends_with(quoted)
    })
}

/// Whether a package is used by its name, as the harness tells: on a line that is no comment.
fn uses(text: &str, name: &str) -> bool {
    let call = format!("{name}.");
    text.lines().any(|line| {
        let code = line.trim_start();
        !code.starts_with("//")
            && code.match_indices(&call).any(|(at, _)| {
                !code[..at]
                    .ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == '.')
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETUP: &str = "package main\n\nimport (\n    \"testing\"\n)\n";

    fn packages() -> Vec<String> {
        ["math", "strings", "math/rand"].map(str::to_owned).to_vec()
    }

    #[test]
    fn what_is_used_is_imported_once() {
        let body = "// Uses strings. and math.\nfunc f(x float64) float64 {\n\treturn math.Abs(x)\n}\n";
        assert_eq!(joined(SETUP, body, &[], &packages()), format!("{SETUP}import \"math\"\n{body}"));
        let tests = ["func TestF(t *testing.T) { strings.ToUpper(\"\"); rand.Int() }\n"];
        let all = joined(SETUP, body, &tests, &packages());
        assert!(
            all.contains("import \"math\"\nimport \"strings\"\nimport \"math/rand\"\nfunc")
                || all.contains("import \"math\"\nimport \"strings\"\nimport \"math/rand\"\n// Uses"),
            "{all}"
        );
        let none = "func f(a, b int) int {\n\treturn mymath.Add(a, b)\n}\n";
        assert_eq!(joined(SETUP, none, &[], &packages()), format!("{SETUP}{none}"));
    }

    #[test]
    fn a_whole_program_brings_its_own_clause_and_imports() {
        let program = "package main\n\nimport (\n    \"math\"\n    \"testing\"\n)\n\nfunc f(x float64) float64 {\n\treturn math.Abs(x)\n}\n";
        let made = joined(SETUP, program, &[], &packages());
        assert_eq!(made.matches("package main").count(), 1, "{made}");
        assert_eq!(made.matches("\"testing\"").count(), 1, "{made}");
        assert_eq!(made.matches("\"math\"").count(), 1, "{made}");
        let alone = joined("", "package p\n\nfunc f() { math.Abs(1) }\n", &[], &packages());
        assert_eq!(alone, "package p\nimport \"math\"\n\nfunc f() { math.Abs(1) }\n");
    }
}
