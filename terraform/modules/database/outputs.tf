output "address" {
  description = "Host name of PostgreSQL."
  value       = aws_db_instance.this.address
}

output "master_secret_arn" {
  description = "Secret in Secrets Manager with the master's name and password."
  value       = one(aws_db_instance.this.master_user_secret[*].secret_arn)
}
