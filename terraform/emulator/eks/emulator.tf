data "aws_subnet" "emulator" {
  id = var.subnet_ids[0]
}
data "aws_security_group" "emulator" {
  vpc_id = data.aws_subnet.emulator.vpc_id
  name   = "default"
}
