# What the mock provider answers, for every test.

mock_data "aws_iam_policy_document" {
  defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
}

mock_data "aws_subnets" {
  defaults = { ids = ["subnet-0bbb", "subnet-0aaa"] }
}

mock_data "aws_subnet" {
  defaults = { id = "subnet-0aaa", vpc_id = "vpc-0aaa", availability_zone = "eu-central-1a" }
}

mock_data "aws_vpc" {
  defaults = { id = "vpc-0aaa" }
}

mock_data "aws_ssm_parameter" {
  defaults = { value = "ami-0aaa" }
}

mock_data "aws_partition" {
  defaults = { partition = "aws" }
}

mock_data "aws_caller_identity" {
  defaults = { account_id = "123456789012" }
}

mock_resource "aws_ebs_volume" {
  defaults = { id = "vol-0123456789abcdef0" }
}

mock_resource "aws_iam_role" {
  defaults = { arn = "arn:aws:iam::123456789012:role/coppice" }
}
