//! What looks like a secret and is none: placeholders, templates, names, hashes, code about secrets.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use super::tests::{B62, HEX, random, sweep};
use super::*;

#[test]
fn placeholders_templates_and_names_are_no_secrets() {
    let uuid = format!(
        "{}-{}-{}-{}-{}",
        random(HEX, 8, 1),
        random(HEX, 4, 2),
        random(HEX, 4, 3),
        random(HEX, 4, 4),
        random(HEX, 12, 5)
    );
    let value = random(B62, 32, 6);
    let sha = random(HEX, 40, 7);
    let lines = [
        "password = \"changeme\"".to_owned(),
        "password: example-password-1".to_owned(),
        "password = \"<your password>\"".to_owned(),
        "PASSWORD=${DB_PASSWORD}".to_owned(),
        "password: {{ vault_password }}".to_owned(),
        "password = process.env.DB_PASSWORD".to_owned(),
        "password = os.environ[\"DB_PASSWORD\"]".to_owned(),
        "token: ${{ secrets.GITHUB_TOKEN }}".to_owned(),
        "password = \"%s\"".to_owned(),
        "password = \"xxxxxxxxxxxx\"".to_owned(),
        "api_key = \"aaaaaaaaaaaaaaaaaaaaaaaa\"".to_owned(),
        "api_key = \"0123456789abcdefghijklmnop\"".to_owned(),
        format!("api_key = \"AKIA{}\"", "IOSFODNN7EXAMPLE"),
        format!("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCY{}KEY", "EXAMPLE"),
        format!("token = \"{uuid}\""),
        format!("token_sha = \"{sha}\""),
        format!("commit_token_digest: {sha}"),
        format!("public_key = \"{value}\""),
        format!("primary_key = \"{value}\""),
        format!("keyboard = \"{value}\""),
        format!("monkey: {value}"),
        format!("keyword = '{value}'"),
        format!("secret_name = \"{value}\""),
        format!("token_id = \"{value}\""),
        "token_count = 1234567890123456".to_owned(),
        "max_tokens: 1234567890123456".to_owned(),
        "password_field = \"login_form_password_2\"".to_owned(),
        "secret = \"projects/shop/secrets/db-password/versions/1\"".to_owned(),
        "private_key = \"/etc/ssl/private/shop1.key\"".to_owned(),
        "token = config.auth.token1".to_owned(),
        "const token = getToken(user2, 'x');".to_owned(),
        "if password == \"S3cret!pass\" {".to_owned(),
        "password: String,".to_owned(),
        "let password: &str = \"\";".to_owned(),
        "\"password\": \"string\"".to_owned(),
        "postgres://user:password@localhost/db".to_owned(),
        "https://user:${PASS}@host.io/".to_owned(),
        "https://shop.io:8080/@scope/name".to_owned(),
        "Authorization: Bearer <token>".to_owned(),
        "Authorization: Bearer ${TOKEN}".to_owned(),
        format!("integrity: sha512-{}", random(B62, 86, 4)),
        format!("\"secret\": \"data:image/png;base64,{}\"", random(B62, 60, 4)),
        "git@github.com:shop/token.git".to_owned(),
        "// the token: a secret that Users2 see".to_owned(),
        format!("x{}", format_args!("gh{}_{}", "p", random(B62, 36, 4))),
        format!("gh{}_{}", "p", "x".repeat(36)),
    ];
    for path in ["src/app.py", "config/app.yaml"] {
        for line in &lines {
            let found = sweep().scan(path, line.as_bytes());
            assert!(found.is_empty(), "{path}: {line}: {found:?}");
        }
    }
}

#[test]
fn real_values_next_to_them_are_secrets() {
    let pass = format!("{}!4k", random(B62, 12, 3));
    let value = random(B62, 40, 5);
    for (path, line) in [
        ("src/a.py", format!("password = \"{pass}\"")),
        ("src/a.js", format!("const dbPassword = '{pass}';")),
        ("src/a.rs", format!("let password: &str = \"{pass}\";")),
        ("src/a.ts", format!("private apiKey: string = '{value}'")),
        ("src/a.rb", format!(":password => \"{pass}\",")),
        ("src/a.go", format!("password := \"{pass}\"")),
        ("src/a.java", format!("String secretKey = \"{value}\";")),
        ("a.yaml", format!("db_password: {pass}")),
        ("a.yaml", format!("  secret-key: {value}")),
        ("a.json", format!("{{\"clientSecret\": \"{value}\"}}")),
        ("a.json", format!("{{\\\"clientSecret\\\": \\\"{value}\\\"}}")),
        ("a.ini", format!("password={pass}")),
        (".env", format!("STRIPE_TOKEN={value}")),
        (".bashrc", format!("export DB_PASSWORD={pass}")),
        ("a.xml", format!("<password>{pass}</password>")),
        ("a.xml", format!("<add key=\"ApiKey\" value=\"{value}\"/>")),
        ("a.properties", format!("spring.datasource.password={pass}")),
        ("a.tf", format!("  admin_password = \"{pass}\"")),
        ("a.yaml", format!("url: postgres://shop:{pass}@db.shop.io/x")),
    ] {
        let found = sweep().scan(path, line.as_bytes());
        assert_eq!(found.iter().map(Secret::blocks).collect::<Vec<_>>(), [true], "{path}: {line}");
    }
}

/// The confidence of everything that is found.
fn confidences(path: &str, text: &str) -> Vec<Confidence> {
    sweep().scan(path, text.as_bytes()).iter().map(|secret| secret.confidence).collect()
}

#[test]
fn an_id_in_a_signed_address_is_for_everybody_and_elsewhere_it_is_not() {
    let id = format!("AK{}{}", "IA", random("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16, 9));
    for (line, confidence) in [
        (format!("https://x.s3.amazonaws.com/y?X-Amz-Credential={id}%2F20190215%2Fus-east-1"), Confidence::Low),
        (format!("\"X-Amz-Credential\": \"{id}/20190215/us-east-1/s3\""), Confidence::Low),
        (format!("x?x-amz-credential%3D{id}%252F2019"), Confidence::Low),
        (format!("Authorization: AWS4-HMAC-SHA256 Credential={id}/20190215"), Confidence::Low),
        (format!("Credential={id}"), Confidence::High),
        (format!("X-Amz-Credential=x&key={id}"), Confidence::High),
        (format!("AWSAccessKeyId={id}"), Confidence::High),
    ] {
        assert_eq!(confidences("src/a.txt", &line), [confidence], "{line}");
    }
}

#[test]
fn what_stands_in_text_for_people_counts_less_than_the_same_in_code() {
    let pass = format!("{}!4k", random(B62, 12, 3));
    let key = format!("-----BEGIN {} KEY-----\n{}\n", "PRIVATE", random(B62, 64, 8));
    for (path, text, confidence) in [
        ("a.py", format!("def f():\n    \"\"\"Use it::\n\n      password = \"{pass}\"\n    \"\"\"\n"), Confidence::Low),
        ("a.py", format!("def f():\n    \"\"\"Keys look so:\n\n{key}\n    \"\"\"\n"), Confidence::Low),
        ("a.py", format!("KEY = \"\"\"{key}\"\"\"\n"), Confidence::High),
        ("a.py", format!("def f():\n    \"\"\"x\"\"\"\n    password = \"{pass}\"\n"), Confidence::Medium),
        ("a.yaml", format!("help_text: |-\n  $ run --admin-password={pass}\n"), Confidence::Low),
        ("a.yaml", format!("help_text: |-\n  $ run\nadmin-password: {pass}\n"), Confidence::Medium),
        ("a.yaml", format!("run: |-\n  x --admin-password={pass}\n"), Confidence::Medium),
    ] {
        assert_eq!(confidences(path, &text), [confidence], "{path}: {text}");
    }
    let token = crate::secrets::tests::github(4);
    let text = format!("def f():\n    \"\"\"{token}\"\"\"\n");
    assert_eq!(confidences("a.py", &text), [Confidence::High], "a token that proves itself counts everywhere");
}

#[test]
fn values_for_others_labels_made_up_keys_and_the_middle_of_base64_are_no_secrets_that_block() {
    let value = random(B62, 40, 5);
    let line = random(B62, 64, 8);
    let begin = format!("-----BEGIN {} KEY-----", "PRIVATE");
    let other = random(B62, 64, 9);
    let tail = random(B62, 40, 11);
    for (path, text, blocks) in [
        ("a.py", format!("x = {{\"VerificationToken\": \"{value}\"}}"), false),
        ("a.py", format!("x = {{\"AccessToken\": \"{value}\"}}"), true),
        (".env", format!("SLACK_VERIFICATION_TOKEN={value}"), true),
        ("a.py", "\"salt\": b\"shop:orders:KEY:Ed25519\"".to_owned(), false),
        ("a.py", format!("CLIENT_NOTSOSECRET = '{value}'"), false),
        ("a.py", format!("CLIENT_SECRET = '{value}'"), true),
        ("a.pem", format!("{begin}\n{line}\n{line}\n{line}\n"), false),
        ("a.pem", format!("{begin}\n{line}\n{other}\n"), true),
        ("certs/a.key", format!("{begin}\n{line}\n{other}\n"), true),
        ("dummyserver/certs/a.key", format!("{begin}\n{line}\n{other}\n"), false),
        ("a.txt", format!("q7Xb2Kp9LmZ4vT8cR1/EAAA{tail}"), false),
        ("a.txt", format!("token EAAA{tail}"), true),
        ("a.txt", format!("home/ada/src/EAAA{tail}"), true),
    ] {
        let found = sweep().scan(path, text.as_bytes());
        assert_eq!(found.iter().any(Secret::blocks), blocks, "{path}: {text}: {found:?}");
    }
}
