# Any credentials do; buckets are in the path, since their names do not resolve below 127.0.0.1.
provider "aws" {
  access_key        = "test"
  secret_key        = "test"
  s3_use_path_style = true
}
