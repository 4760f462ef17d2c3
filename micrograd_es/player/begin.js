// ---- Begin -----------------------------------------------------------------------------------------------------------

wireBoxes();
wireSteps();
wireSight();
wireDetail();
wireWhatIf();
wirePredict();
wireModes();
showView(fitting(0, true));
go(fromAddress());
