# The plan of network alone, with a mock provider.

mock_provider "aws" {
  source = "../../cluster/tests/aws"
}

variables {
  name         = "coppice"
  cidr         = "10.20.0.0/16"
  zones        = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
  nat_per_zone = false
  log_days     = 30
  kms_key_arn  = "arn:aws:kms:eu-central-1:123456789012:key/0aaa"
}

run "has_a_public_and_a_private_subnet_per_zone_that_do_not_overlap" {
  assert {
    condition     = [for subnet in aws_subnet.private : subnet.cidr_block] == ["10.20.0.0/19", "10.20.32.0/19", "10.20.64.0/19"] && [for subnet in aws_subnet.public : subnet.cidr_block] == ["10.20.224.0/22", "10.20.228.0/22", "10.20.232.0/22"]
    error_message = "the networks differ"
  }
  assert {
    condition     = alltrue([for subnet in aws_subnet.public : subnet.tags["kubernetes.io/role/elb"] == "1"]) && alltrue([for subnet in aws_subnet.private : subnet.tags["kubernetes.io/role/internal-elb"] == "1"])
    error_message = "the load-balancer controller would not find the subnets"
  }
}

run "has_one_way_out_by_default_and_logs_all_traffic" {
  assert {
    condition     = length(aws_nat_gateway.this) == 1 && length(aws_route.nat) == 3 && aws_flow_log.this.traffic_type == "ALL"
    error_message = "there should be one NAT gateway for three zones, and flow logs"
  }
}

run "has_a_way_out_per_zone_when_set" {
  variables {
    nat_per_zone = true
  }
  assert {
    condition     = length(aws_nat_gateway.this) == 3
    error_message = "a zone has no way out of its own"
  }
}

run "refuses_one_zone" {
  command = plan
  variables {
    zones = ["eu-central-1a"]
  }
  expect_failures = [var.zones]
}
