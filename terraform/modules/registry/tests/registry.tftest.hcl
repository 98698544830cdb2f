# The plan of the registry alone, with a mock provider.

mock_provider "aws" {
  source = "../../cluster/tests/aws"
}

variables {
  repositories = ["coppice", "coppice-gateway"]
  bucket       = "coppice-releases-123456789012"
  kms_key_arn  = "arn:aws:kms:eu-central-1:123456789012:key/0aaa"
}

run "scans_images_and_never_changes_a_tag" {
  assert {
    condition     = alltrue([for repository in aws_ecr_repository.this : repository.image_tag_mutability == "IMMUTABLE" && repository.image_scanning_configuration[0].scan_on_push])
    error_message = "a repository takes another image for a tag, or does not scan"
  }
}

run "keeps_ten_images_and_untagged_ones_for_a_week" {
  assert {
    condition     = [for rule in jsondecode(aws_ecr_lifecycle_policy.this["coppice"].policy).rules : "${rule.selection.tagStatus} ${rule.selection.countNumber}"] == ["untagged 7", "any 10"]
    error_message = "the rules differ"
  }
}

run "keeps_former_releases_for_90_days_and_present_ones_for_ever" {
  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.releases.rule[0].noncurrent_version_expiration[0].noncurrent_days == 90 && length(aws_s3_bucket_lifecycle_configuration.releases.rule[0].expiration) == 0
    error_message = "the bucket forgets too early, or forgets what is current"
  }
  assert {
    condition     = aws_s3_bucket_versioning.releases.versioning_configuration[0].status == "Enabled" && !aws_s3_bucket.releases.force_destroy
    error_message = "a release could be lost"
  }
}

run "refuses_plain_http" {
  assert {
    condition     = data.aws_iam_policy_document.tls_only.statement[0].effect == "Deny" && one(data.aws_iam_policy_document.tls_only.statement[0].condition).variable == "aws:SecureTransport"
    error_message = "the bucket takes requests without TLS"
  }
}
