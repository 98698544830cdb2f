output "instance_id" {
  description = "Id of the EC2 instance."
  value       = aws_instance.host.id
}

output "public_ip" {
  description = "Elastic IP of the host; point the domain's A record at it."
  value       = aws_eip.host.public_ip
}

output "page_url" {
  description = "Address of the page."
  value       = var.domain == null ? "http://${aws_eip.host.public_ip}:8501" : "https://${var.domain}"
}

output "gateway_url" {
  description = "Address of the gateway: POST <gateway_url>/predict."
  value       = var.domain == null ? "http://${aws_eip.host.public_ip}:5000" : "https://${var.domain}/api"
}

output "prometheus_url" {
  description = "Address of Prometheus, for the networks in prometheus_cidrs."
  value       = "http://${aws_eip.host.public_ip}:9090"
}

output "session_command" {
  description = "Opens a shell on the host through Session Manager."
  value       = "aws ssm start-session --region ${var.region} --target ${aws_instance.host.id}"
}
