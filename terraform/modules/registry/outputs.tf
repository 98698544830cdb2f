output "repository_arns" {
  description = "ARNs of the repositories."
  value       = [for repository in aws_ecr_repository.this : repository.arn]
}

output "repository_urls" {
  description = "Addresses of the repositories by name."
  value       = { for name, repository in aws_ecr_repository.this : name => repository.repository_url }
}

output "bucket" {
  description = "Name of the bucket of releases."
  value       = aws_s3_bucket.releases.id
}

output "bucket_arn" {
  description = "ARN of the bucket of releases."
  value       = aws_s3_bucket.releases.arn
}
